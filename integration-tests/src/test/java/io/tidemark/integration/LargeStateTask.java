package io.tidemark.integration;

import io.tidemark.api.Context;
import io.tidemark.api.Entry;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;
import java.util.Random;

/**
 * Puts a value of as many random bytes as the message says, or sends how many keys there are from
 * the key on when the message is {@code scan}.
 */
public final class LargeStateTask implements StreamTask, InitableTask {
  private SystemStream output;
  private KeyValueStore<String, byte[]> values;

  @Override
  public void init(Context context) {
    output = new SystemStream("kafka", context.getJobContext().getConfig().get("app.output"));
    values = context.getTaskContext().getStore("values");
  }

  @Override
  public void process(
      IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
    String key = (String) envelope.getKey();
    String message = (String) envelope.getMessage();
    if (message.equals("scan")) {
      collector.send(new OutgoingMessageEnvelope(output, key, count(key)));
    } else {
      values.put(key, value(key, Integer.parseInt(message)));
    }
  }

  private long count(String from) {
    long found = 0;
    String former = "";
    try (KeyValueIterator<String, byte[]> range = values.range(from, "~")) {
      while (range.hasNext()) {
        Entry<String, byte[]> entry = range.next();
        if (entry.key().compareTo(former) <= 0) {
          throw new IllegalStateException(entry.key() + " after " + former);
        }
        former = entry.key();
        found++;
      }
    }
    return found;
  }

  /** Incompressible, and the same for the same key. */
  static byte[] value(String key, int bytes) {
    byte[] value = new byte[bytes];
    new Random(key.hashCode()).nextBytes(value);
    return value;
  }
}
