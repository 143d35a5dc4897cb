package io.tidemark.examples.lookup;

import io.tidemark.api.AsyncStreamTask;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCallback;
import io.tidemark.api.TaskCoordinator;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Adds to each order, keyed by article, the price that a remote service knows. */
public final class PriceTask implements AsyncStreamTask {
  private static final SystemStream PRICED = new SystemStream("kafka", "priced-orders");

  private final Function<String, CompletableFuture<Long>> prices;

  /**
   * @param prices asks the service for the price of an article
   */
  public PriceTask(Function<String, CompletableFuture<Long>> prices) {
    this.prices = prices;
  }

  @Override
  public void processAsync(
      IncomingMessageEnvelope order,
      MessageCollector collector,
      TaskCoordinator coordinator,
      TaskCallback callback) {
    String article = (String) order.getKey();
    prices
        .apply(article)
        .whenComplete(
            (price, failure) -> {
              if (failure == null) {
                collector.send(new OutgoingMessageEnvelope(PRICED, article, price));
                callback.complete();
              } else {
                callback.failure(failure);
              }
            });
  }
}
