package io.tidemark.examples.wordcounts;

import io.tidemark.api.*;
import java.util.Locale;

/** Sends each word of a line on, keyed by itself, so that equal words come to the same task. */
public final class SplitLinesTask implements StreamTask {
  private static final SystemStream WORDS = new SystemStream("kafka", "words");

  @Override
  public void process(
      IncomingMessageEnvelope line, MessageCollector collector, TaskCoordinator coordinator) {
    String text = (String) line.getMessage();
    for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}]+")) {
      if (!word.isEmpty()) {
        collector.send(new OutgoingMessageEnvelope(WORDS, word, word));
      }
    }
  }
}
