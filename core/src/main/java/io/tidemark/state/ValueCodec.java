package io.tidemark.state;

import io.tidemark.api.Serde;
import io.tidemark.api.StateException;
import java.util.Objects;

/** Turns values of a store into their stored form and back. Confined to the task's worker. */
final class ValueCodec<V> {
  private final String store;
  private final String task;
  private final Serde<V> serde;
  private final int schema;
  private final int maxBytes;

  /**
   * @param schema the number of the schema that values are written with
   * @param maxBytes how large a serialized value may be
   */
  ValueCodec(String store, String task, Serde<V> serde, int schema, int maxBytes) {
    this.store = store;
    this.task = task;
    this.serde = serde;
    this.schema = schema;
    this.maxBytes = maxBytes;
  }

  /**
   * A value in its stored form.
   *
   * @throws StateException (TM-3012) if the serde fails, (TM-3016) if the value is too large
   */
  byte[] write(Object key, V value, long expires) {
    byte[] payload;
    try {
      payload = Objects.requireNonNull(serde.toBytes(value), "the serde wrote null");
    } catch (RuntimeException e) {
      throw new StateException(
          "TM-3012",
          String.format(
              "store %s of task %s: the value of key %s cannot be written with %s"
                  + " (stores.%s.msg.serde): %s",
              store, task, key, serde.getClass().getName(), store, e.getMessage()),
          e);
    }
    checkSize(key, payload.length);
    return StoredValue.of(schema, expires, payload);
  }

  /**
   * Refuses a value that is too large.
   *
   * @throws StateException (TM-3016)
   */
  void checkSize(Object key, long bytes) {
    if (bytes > maxBytes) {
      throw new StateException(
          "TM-3016",
          String.format(
              "store %s of task %s: the value of key %s has %d bytes, and stores.%s.max.value.bytes"
                  + " allows %d. Nothing of it was written; split the value, or allow more",
              store, task, key, bytes, store, maxBytes));
    }
  }

  /**
   * A value from its stored form.
   *
   * @throws StateException (TM-3011) if the serde fails
   */
  V read(Object key, byte[] stored) {
    try {
      return Objects.requireNonNull(
          serde.fromBytes(StoredValue.payload(stored)), "the serde read null");
    } catch (RuntimeException e) {
      throw new StateException(
          "TM-3011",
          String.format(
              "store %s of task %s: the value of key %s cannot be read with %s; was the store"
                  + " written with another stores.%s.msg.serde?",
              store, task, key, serde.getClass().getName(), store),
          e);
    }
  }
}
