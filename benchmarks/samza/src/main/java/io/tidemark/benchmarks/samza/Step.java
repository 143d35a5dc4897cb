package io.tidemark.benchmarks.samza;

import io.tidemark.benchmarks.contender.Message;
import io.tidemark.benchmarks.contender.Workload;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.samza.storage.kv.KeyValueStore;

/** What a workload makes of one record. Belongs to one task, and one thread at a time runs it. */
interface Step {
  /** Returns the value to send for a record. */
  byte[] apply(byte[] key, byte[] value);

  /**
   * Returns the step of a workload.
   *
   * @param counts gives a store of counts, by its number
   * @param messages gives a store of messages, by its number
   */
  static Step of(
      Workload workload,
      int stores,
      IntFunction<KeyValueStore<Long, Long>> counts,
      IntFunction<KeyValueStore<Long, byte[]>> messages) {
    return switch (workload) {
      case COPY -> (key, value) -> value;
      case COUNT -> {
        KeyValueStore<Long, Long> store = counts.apply(0);
        yield (key, value) -> bytes(counted(store, number(key)));
      }
      case LATEST -> {
        KeyValueStore<Long, byte[]> store = messages.apply(0);
        yield (key, value) -> bytes(latest(store, number(key), value));
      }
      case READ_MODIFY_WRITE -> {
        KeyValueStore<Long, byte[]> store = messages.apply(0);
        yield (key, value) -> bytes(modified(store, number(key), value));
      }
      case ENRICH -> {
        KeyValueStore<Long, byte[]> store = messages.apply(0);
        yield (key, value) -> enriched(store, number(key), value);
      }
      case MANY_STORES -> {
        List<KeyValueStore<Long, Long>> all = IntStream.range(0, stores).mapToObj(counts).toList();
        yield (key, value) -> {
          long number = number(key);
          return bytes(counted(all.get(Math.floorMod(number, stores)), number));
        };
      }
    };
  }

  /** Returns the long that bytes begin with. */
  static long number(byte[] bytes) {
    return ByteBuffer.wrap(bytes).getLong();
  }

  private static long counted(KeyValueStore<Long, Long> store, Long key) {
    Long before = store.get(key);
    long count = before == null ? 1 : before + 1;
    store.put(key, count);
    return count;
  }

  private static long latest(KeyValueStore<Long, byte[]> store, Long key, byte[] value) {
    store.put(key, value);
    return Message.number(value);
  }

  private static long modified(KeyValueStore<Long, byte[]> store, Long key, byte[] value) {
    byte[] before = store.get(key);
    long count = before == null ? 1 : Message.number(before) + 1;
    store.put(key, Message.withNumber(value, count));
    return count;
  }

  private static byte[] enriched(KeyValueStore<Long, byte[]> store, Long key, byte[] value) {
    byte[] found = store.get(key);
    return ByteBuffer.allocate(2 * Long.BYTES)
        .putLong(Message.number(value))
        .putLong(found == null ? -1 : Message.number(found))
        .array();
  }

  private static byte[] bytes(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }
}
