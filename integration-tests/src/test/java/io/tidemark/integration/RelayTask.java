package io.tidemark.integration;

import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;

/** Sends on each record as it is, to the stream that {@code app.relayed} names. */
public final class RelayTask implements StreamTask, InitableTask {
  private SystemStream relayed;

  @Override
  public void init(Context context) {
    relayed = new SystemStream("kafka", context.getJobContext().getConfig().get("app.relayed"));
  }

  @Override
  public void process(
      IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
    collector.send(new OutgoingMessageEnvelope(relayed, envelope.getKey(), envelope.getMessage()));
  }
}
