package io.tidemark.integration;

import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.ReadOnlyKeyValueStore;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;

/** Sends what a fed store has for the key of each record. */
public final class LookupTask implements StreamTask, InitableTask {
  /** What is sent if it has nothing. */
  static final String NONE = "none";

  private SystemStream output;
  private ReadOnlyKeyValueStore<String, String> table;

  @Override
  public void init(Context context) {
    output = new SystemStream("kafka", context.getJobContext().getConfig().get("app.output"));
    table = context.getTaskContext().getStore("table");
  }

  @Override
  public void process(
      IncomingMessageEnvelope record, MessageCollector collector, TaskCoordinator coordinator) {
    String key = (String) record.getKey();
    String value = table.get(key);
    collector.send(new OutgoingMessageEnvelope(output, key, value == null ? NONE : value));
  }
}
