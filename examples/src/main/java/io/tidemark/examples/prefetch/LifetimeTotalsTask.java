package io.tidemark.examples.prefetch;

import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyPrefetch;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.PrefetchingTask;
import io.tidemark.api.TaskCoordinator;
import java.util.List;

/**
 * Knows what every customer there ever was has spent. Most have not been seen for long, so their
 * totals are on disk; they are loaded while earlier orders are processed.
 */
public final class LifetimeTotalsTask implements PrefetchingTask, InitableTask {
  private KeyValueStore<String, Long> totals;

  @Override
  public void init(Context context) {
    totals = context.getTaskContext().getStore("totals");
  }

  @Override
  public void prefetch(List<IncomingMessageEnvelope> orders, KeyPrefetch keys) {
    for (IncomingMessageEnvelope order : orders) {
      keys.add(totals, (String) order.getKey());
    }
  }

  @Override
  public void process(
      IncomingMessageEnvelope order, MessageCollector collector, TaskCoordinator coordinator) {
    totals.merge((String) order.getKey(), (Long) order.getMessage(), Long::sum);
  }
}
