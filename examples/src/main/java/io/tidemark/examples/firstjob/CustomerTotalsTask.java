package io.tidemark.examples.firstjob;

import io.tidemark.api.*;

/** Knows what each customer has spent. Input: the amount of an order, keyed by its customer. */
public final class CustomerTotalsTask implements StreamTask, InitableTask {
  private static final SystemStream TOTALS = new SystemStream("kafka", "customer-totals");

  private KeyValueStore<String, Long> totals;

  @Override
  public void init(Context context) {
    totals = context.getTaskContext().getStore("totals");
  }

  @Override
  public void process(
      IncomingMessageEnvelope order, MessageCollector collector, TaskCoordinator coordinator) {
    String customer = (String) order.getKey();
    long total = totals.merge(customer, Long.parseLong((String) order.getMessage()), Long::sum);
    collector.send(new OutgoingMessageEnvelope(TOTALS, customer, Long.toString(total)));
  }
}
