package io.tidemark.examples.enrichment;

import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.ReadOnlyKeyValueStore;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;

/** Makes a line for the packers of each order: the product's name, and where it goes. */
public final class OrderEnrichmentTask implements StreamTask, InitableTask {
  private static final SystemStream PARCELS = new SystemStream("kafka", "parcels");

  private ReadOnlyKeyValueStore<String, String> cities;
  private ReadOnlyKeyValueStore<String, String> products;

  @Override
  public void init(Context context) {
    cities = context.getTaskContext().getStore("cities");
    products = context.getTaskContext().getStore("products");
  }

  @Override
  public void process(
      IncomingMessageEnvelope order, MessageCollector collector, TaskCoordinator coordinator) {
    String customer = (String) order.getKey();
    String product = products.get((String) order.getMessage());
    String city = cities.get(customer);
    if (product == null || city == null) {
      throw new IllegalArgumentException("an unknown product or customer: " + order.getMessage());
    }
    collector.send(new OutgoingMessageEnvelope(PARCELS, customer, product + " to " + city));
  }
}
