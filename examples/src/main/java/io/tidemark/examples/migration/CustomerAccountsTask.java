package io.tidemark.examples.migration;

import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;

/** Knows what each customer has spent, and in how many orders. It knows nothing of totals alone. */
public final class CustomerAccountsTask implements StreamTask, InitableTask {
  private static final SystemStream TOTALS = new SystemStream("kafka", "customer-totals");

  private KeyValueStore<String, Account> accounts;

  @Override
  public void init(Context context) {
    accounts = context.getTaskContext().getStore("totals");
  }

  @Override
  public void process(
      IncomingMessageEnvelope order, MessageCollector collector, TaskCoordinator coordinator) {
    String customer = (String) order.getKey();
    Account before = accounts.get(customer);
    Account account =
        (before == null ? new Account(0, 0) : before)
            .with(Long.parseLong((String) order.getMessage()));
    accounts.put(customer, account);
    collector.send(
        new OutgoingMessageEnvelope(
            TOTALS, customer, account.total() + " in " + account.orders() + " orders"));
  }
}
