package io.tidemark.examples.windows;

import io.tidemark.api.Context;
import io.tidemark.api.Entry;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.WindowableTask;

/** Counts each customer's orders, and tells the counts and begins anew with every window. */
public final class OrderCountsTask implements StreamTask, InitableTask, WindowableTask {
  private static final SystemStream COUNTS = new SystemStream("kafka", "order-counts");

  private KeyValueStore<String, Integer> counts;

  @Override
  public void init(Context context) {
    counts = context.getTaskContext().getStore("counts");
  }

  @Override
  public void process(
      IncomingMessageEnvelope order, MessageCollector collector, TaskCoordinator coordinator) {
    String customer = (String) order.getKey();
    Integer before = counts.get(customer);
    counts.put(customer, before == null ? 1 : before + 1);
  }

  @Override
  public void window(MessageCollector collector, TaskCoordinator coordinator) {
    try (KeyValueIterator<String, Integer> all = counts.all()) {
      while (all.hasNext()) {
        Entry<String, Integer> count = all.next();
        collector.send(new OutgoingMessageEnvelope(COUNTS, count.key(), count.value()));
        counts.delete(count.key());
      }
    }
  }
}
