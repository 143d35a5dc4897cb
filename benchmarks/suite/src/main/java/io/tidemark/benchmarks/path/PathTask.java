package io.tidemark.benchmarks.path;

import io.tidemark.api.BytesSerde;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.LongSerde;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.Serde;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.benchmarks.contender.Message;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a task does with a record, more from one to the next. */
public enum PathTask {
  /** Nothing: what is left is handing over the record. */
  NOTHING(new BytesSerde(), null),

  /** Sends the record on. */
  COPY(new BytesSerde(), null),

  /** Counts the records of each key, and sends the count. */
  COUNT(new LongSerde(), new LongSerde()),

  /** Keeps the last message of each key, and sends its number. */
  LATEST(new LongSerde(), new BytesSerde());

  static final String STORE = "store";
  static final SystemStream OUT = new SystemStream("memory", "out");

  /** Writes what is sent. */
  final Serde<?> messages;

  /** Writes what is kept; null if nothing is. */
  final @Nullable Serde<?> values;

  PathTask(Serde<?> messages, @Nullable Serde<?> values) {
    this.messages = messages;
    this.values = values;
  }

  StreamTask task() {
    return switch (this) {
      case NOTHING -> (envelope, collector, coordinator) -> {};
      case COPY ->
          (envelope, collector, coordinator) ->
              collector.send(
                  new OutgoingMessageEnvelope(OUT, envelope.getKey(), envelope.getMessage()));
      case COUNT -> new Count();
      case LATEST -> new Latest();
    };
  }

  private static final class Count implements StreamTask, InitableTask {
    private @Nullable KeyValueStore<Long, Long> counts;

    @Override
    public void init(Context context) {
      counts = context.getTaskContext().getStore(STORE);
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      Long key = (Long) Objects.requireNonNull(envelope.getKey());
      KeyValueStore<Long, Long> kept = Objects.requireNonNull(counts);
      Long before = kept.get(key);
      Long count = before == null ? 1L : before + 1;
      kept.put(key, count);
      collector.send(new OutgoingMessageEnvelope(OUT, key, count));
    }
  }

  private static final class Latest implements StreamTask, InitableTask {
    private @Nullable KeyValueStore<Long, byte[]> latest;

    @Override
    public void init(Context context) {
      latest = context.getTaskContext().getStore(STORE);
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      Long key = (Long) Objects.requireNonNull(envelope.getKey());
      byte[] message = (byte[]) Objects.requireNonNull(envelope.getMessage());
      Objects.requireNonNull(latest).put(key, message);
      collector.send(new OutgoingMessageEnvelope(OUT, key, Message.number(message)));
    }
  }
}
