package io.tidemark.benchmarks.streams;

import io.tidemark.benchmarks.contender.Message;
import io.tidemark.benchmarks.contender.Workload;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueStore;

/** What a workload makes of one record. Belongs to one task, and runs on its thread. */
interface Step {
  /** Returns the value to send for a record. */
  byte[] apply(byte[] key, byte[] value);

  /** Returns the step of a workload over the stores that it has. */
  static Step of(Workload workload, List<KeyValueStore<byte[], byte[]>> stores) {
    return switch (workload) {
      case COPY -> (key, value) -> value;
      case COUNT -> (key, value) -> counted(stores.get(0), key);
      case LATEST -> (key, value) -> latest(stores.get(0), key, value);
      case READ_MODIFY_WRITE -> (key, value) -> modified(stores.get(0), key, value);
      case ENRICH -> (key, value) -> enriched(stores.get(0), key, value);
      case MANY_STORES -> (key, value) -> counted(stores.get(storeOf(key, stores.size())), key);
    };
  }

  private static byte[] counted(KeyValueStore<byte[], byte[]> store, byte[] key) {
    byte[] before = store.get(key);
    byte[] count = bytes(before == null ? 1 : number(before) + 1);
    store.put(key, count);
    return count;
  }

  private static byte[] latest(KeyValueStore<byte[], byte[]> store, byte[] key, byte[] value) {
    store.put(key, value);
    return bytes(Message.number(value));
  }

  private static byte[] modified(KeyValueStore<byte[], byte[]> store, byte[] key, byte[] value) {
    byte[] before = store.get(key);
    long count = before == null ? 1 : Message.number(before) + 1;
    store.put(key, Message.withNumber(value, count));
    return bytes(count);
  }

  private static byte[] enriched(KeyValueStore<byte[], byte[]> store, byte[] key, byte[] value) {
    byte[] found = store.get(key);
    return ByteBuffer.allocate(2 * Long.BYTES)
        .putLong(Message.number(value))
        .putLong(found == null ? -1 : Message.number(found))
        .array();
  }

  private static int storeOf(byte[] key, int stores) {
    return (int) Math.floorMod(number(key), (long) stores);
  }

  private static long number(byte[] bytes) {
    return ByteBuffer.wrap(bytes).getLong();
  }

  private static byte[] bytes(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }
}
