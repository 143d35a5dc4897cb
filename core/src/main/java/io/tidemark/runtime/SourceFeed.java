package io.tidemark.runtime;

import io.tidemark.api.KeyValueStore;
import io.tidemark.api.SerializationException;
import io.tidemark.system.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * Puts the records of an input into the store that it feeds: the last message of a key is its
 * value, and a key without a message is removed. Confined to the worker.
 */
final class SourceFeed {
  private final InputSpec spec;
  private final KeyValueStore<Object, Object> store;

  SourceFeed(InputSpec spec, KeyValueStore<Object, Object> store) {
    this.spec = spec;
    this.store = store;
  }

  /** Applies a record; throws what the serdes throw. */
  void apply(RecordBatch batch, int index) {
    Object key = required(spec.keySerde().fromBytes(batch.key(index)), "key");
    byte[] value = batch.value(index);
    if (value == null) {
      store.delete(key);
    } else {
      store.put(key, required(spec.messageSerde().fromBytes(value), "value"));
    }
  }

  /** What a store cannot have is the record's fault. */
  static Object required(@Nullable Object part, String what) {
    if (part == null) {
      throw SerializationException.unreadable(
          "the record has no " + what + ", and feeds a store, which has no null");
    }
    return part;
  }
}
