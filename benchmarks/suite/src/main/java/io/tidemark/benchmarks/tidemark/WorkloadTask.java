package io.tidemark.benchmarks.tidemark;

import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.ReadOnlyKeyValueStore;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.benchmarks.contender.Assignment;
import io.tidemark.benchmarks.contender.Message;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The task of each workload, written as a user would. */
abstract class WorkloadTask implements StreamTask {
  private final SystemStream output;

  private WorkloadTask(Assignment assignment) {
    this.output = new SystemStream("kafka", assignment.output());
  }

  static StreamTask of(Assignment assignment) {
    return switch (assignment.workload()) {
      case COPY -> new Copy(assignment);
      case COUNT -> new Count(assignment, List.of("counts"));
      case LATEST -> new Latest(assignment);
      case READ_MODIFY_WRITE -> new ReadModifyWrite(assignment);
      case ENRICH -> new Enrich(assignment);
      case MANY_STORES ->
          new Count(assignment, List.copyOf(TidemarkContender.names(assignment).values()));
    };
  }

  final void send(MessageCollector collector, @Nullable Object key, @Nullable Object message) {
    collector.send(new OutgoingMessageEnvelope(output, key, message));
  }

  static <V> KeyValueStore<Long, V> store(Context context, String name) {
    return context.getTaskContext().getStore(name);
  }

  static Long key(IncomingMessageEnvelope envelope) {
    return (Long) Objects.requireNonNull(envelope.getKey());
  }

  static byte[] message(IncomingMessageEnvelope envelope) {
    return (byte[]) Objects.requireNonNull(envelope.getMessage());
  }

  private static final class Copy extends WorkloadTask {
    Copy(Assignment assignment) {
      super(assignment);
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      send(collector, envelope.getKey(), envelope.getMessage());
    }
  }

  private static final class Count extends WorkloadTask implements InitableTask {
    private final List<String> names;
    private final List<KeyValueStore<Long, Long>> stores = new ArrayList<>();

    Count(Assignment assignment, List<String> names) {
      super(assignment);
      this.names = names;
    }

    @Override
    public void init(Context context) {
      names.forEach(name -> stores.add(store(context, name)));
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      Long key = key(envelope);
      KeyValueStore<Long, Long> counts = stores.get((int) (key % stores.size()));
      Long before = counts.get(key);
      Long count = before == null ? 1L : before + 1;
      counts.put(key, count);
      send(collector, key, count);
    }
  }

  private static final class Latest extends WorkloadTask implements InitableTask {
    private @Nullable KeyValueStore<Long, byte[]> messages;

    Latest(Assignment assignment) {
      super(assignment);
    }

    @Override
    public void init(Context context) {
      messages = store(context, "messages");
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      Long key = key(envelope);
      byte[] message = message(envelope);
      Objects.requireNonNull(messages).put(key, message);
      send(collector, key, Message.number(message));
    }
  }

  private static final class ReadModifyWrite extends WorkloadTask implements InitableTask {
    private @Nullable KeyValueStore<Long, byte[]> messages;

    ReadModifyWrite(Assignment assignment) {
      super(assignment);
    }

    @Override
    public void init(Context context) {
      messages = store(context, "messages");
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      Long key = key(envelope);
      KeyValueStore<Long, byte[]> kept = Objects.requireNonNull(messages);
      byte[] before = kept.get(key);
      long count = before == null ? 1 : Message.number(before) + 1;
      kept.put(key, Message.withNumber(message(envelope), count));
      send(collector, key, count);
    }
  }

  private static final class Enrich extends WorkloadTask implements InitableTask {
    private @Nullable ReadOnlyKeyValueStore<Long, byte[]> table;

    Enrich(Assignment assignment) {
      super(assignment);
    }

    @Override
    public void init(Context context) {
      table = context.getTaskContext().getStore("table");
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      Long key = key(envelope);
      byte[] found = Objects.requireNonNull(table).get(key);
      byte[] numbers =
          ByteBuffer.allocate(2 * Long.BYTES)
              .putLong(Message.number(message(envelope)))
              .putLong(found == null ? -1 : Message.number(found))
              .array();
      send(collector, key, numbers);
    }
  }
}
