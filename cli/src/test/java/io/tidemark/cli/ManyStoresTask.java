package io.tidemark.cli;

import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.StreamTask;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;

/**
 * Adds up amounts by customer, and writes what it knows into stores of all kinds of keys. An amount
 * of 0 removes the customer's total.
 */
public final class ManyStoresTask implements StreamTask, InitableTask {
  private KeyValueStore<String, Long> totals;
  private KeyValueStore<Long, String> numbers;
  private KeyValueStore<UUID, Double> ids;
  private KeyValueStore<Tuple, Long> digits;
  private KeyValueStore<Object, Object> documents;
  private KeyValueStore<String, Long> shortLived;
  private KeyValueStore<String, Long> gone;

  @Override
  public void init(Context context) {
    totals = context.getTaskContext().getStore("totals");
    numbers = context.getTaskContext().getStore("numbers");
    ids = context.getTaskContext().getStore("ids");
    digits = context.getTaskContext().getStore("digits");
    documents = context.getTaskContext().getStore("documents");
    shortLived = context.getTaskContext().getStore("short");
    gone = context.getTaskContext().getStore("gone");
  }

  @Override
  public void process(
      IncomingMessageEnvelope order, MessageCollector collector, TaskCoordinator coordinator) {
    String customer = (String) order.getKey();
    long amount = Long.parseLong((String) order.getMessage());
    if (amount == 0) {
      totals.delete(customer);
      return;
    }
    Long before = totals.get(customer);
    totals.put(customer, (before == null ? 0 : before) + amount);
    numbers.put(number(customer), customer);
    ids.put(id(customer), amount / 2.0);
    digits.put(Tuple.of(customer, amount % 10), amount);
    documents.put(Map.of("customer", customer), Map.of("amount", amount));
    shortLived.put(customer, amount);
    gone.put(customer, amount);
  }

  static long number(String customer) {
    return Long.parseLong(customer.substring("customer-".length())) - 20;
  }

  static UUID id(String customer) {
    return UUID.nameUUIDFromBytes(customer.getBytes(StandardCharsets.UTF_8));
  }
}
