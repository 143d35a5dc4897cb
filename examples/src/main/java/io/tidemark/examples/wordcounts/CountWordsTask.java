package io.tidemark.examples.wordcounts;

import io.tidemark.api.*;

/** Counts words. */
public final class CountWordsTask implements StreamTask, InitableTask {
  private static final SystemStream COUNTS = new SystemStream("kafka", "word-counts");

  private KeyValueStore<String, Long> counts;

  @Override
  public void init(Context context) {
    counts = context.getTaskContext().getStore("counts");
  }

  @Override
  public void process(
      IncomingMessageEnvelope word, MessageCollector collector, TaskCoordinator coordinator) {
    long count = counts.merge((String) word.getKey(), 1L, Long::sum);
    collector.send(new OutgoingMessageEnvelope(COUNTS, word.getKey(), Long.toString(count)));
  }
}
