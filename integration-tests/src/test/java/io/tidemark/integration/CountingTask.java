package io.tidemark.integration;

import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;

/**
 * Counts its input by key and sends each new count. Every loss, repetition or mix-up of a record
 * shows in the counts, in the outputs or in both.
 */
public final class CountingTask implements StreamTask, InitableTask {
  /** How a message begins that cannot be processed. */
  static final String BAD = "bad ";

  private SystemStream output;
  private KeyValueStore<String, Long> counts;

  @Override
  public void init(Context context) {
    output = new SystemStream("kafka", context.getJobContext().getConfig().get("app.output"));
    counts = context.getTaskContext().getStore("counts");
  }

  @Override
  public void process(
      IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
    String key = (String) envelope.getKey();
    Long before = counts.get(key);
    long now = before == null ? 1 : before + 1;
    counts.put(key, now);
    collector.send(new OutgoingMessageEnvelope(output, key, now));
    if (((String) envelope.getMessage()).startsWith(BAD)) {
      throw new IllegalArgumentException("a bad record"); // all it did must be undone
    }
  }
}
