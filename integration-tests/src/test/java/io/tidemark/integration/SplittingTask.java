package io.tidemark.integration;

import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;

/** Sends each word of a message on, keyed by itself, to {@code app.words}. */
public final class SplittingTask implements StreamTask, InitableTask {
  @SuppressWarnings("NullAway.Init")
  private SystemStream words;

  @Override
  public void init(Context context) {
    words =
        new SystemStream("kafka", context.getJobContext().getConfig().get("app.words", "words"));
  }

  @Override
  public void process(
      IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
    for (String word : ((String) envelope.getMessage()).split(" ")) {
      collector.send(new OutgoingMessageEnvelope(words, word, word));
    }
  }
}
