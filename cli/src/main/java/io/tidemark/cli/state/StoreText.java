package io.tidemark.cli.state;

import io.tidemark.api.PartitioningKey;
import io.tidemark.cli.state.StateSource.TaskEntry;
import io.tidemark.state.StoreSpec;
import io.tidemark.state.StoredValue;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A store's keys and values as text, and typed keys as bytes. Confined to one thread. */
final class StoreText {
  /** The columns of an entry's row. */
  static final List<String> COLUMNS = List.of("key", "value", "task", "slot", "expires");

  private final StoreSpec store;
  private final SerdeText keys;
  private final SerdeText values;

  StoreText(StoreSpec store) {
    this.store = store;
    this.keys = new SerdeText(store.keySerde(), "stores." + store.name() + ".key.serde");
    this.values = new SerdeText(store.valueSerde(), "stores." + store.name() + ".msg.serde");
  }

  SerdeText keys() {
    return keys;
  }

  SerdeText values() {
    return values;
  }

  /**
   * A key that was typed.
   *
   * @throws io.tidemark.api.TidemarkException (TM-6008) if it stands for nothing
   */
  StateSource.Key key(String text) {
    byte[] bytes = keys.parse(text);
    return new StateSource.Key(bytes, partitioningKey(store, bytes));
  }

  /** What decides the slot of a key. */
  static byte[] partitioningKey(StoreSpec store, byte[] key) {
    PartitioningKey<Object> partitioning = store.partitioningKey();
    return partitioning == null
        ? key
        : partitioning.of(
            Objects.requireNonNull(store.keySerde().fromBytes(key), "the serde read null"), key);
  }

  /** An entry as a row: the names of columns, and JSON. */
  Map<String, String> row(TaskEntry entry) {
    Map<String, String> row = new LinkedHashMap<>();
    row.put("task", SerdeText.quote(entry.task().toString()));
    if (entry.slot() != null) {
      row.put("slot", entry.slot().toString());
    }
    row.put("key", keys.json(entry.key()));
    row.put("value", values.json(entry.value()));
    if (entry.expires() != StoredValue.NEVER) {
      row.put("expires", time(entry.expires()));
    }
    return row;
  }

  /** Milliseconds since 1970 as JSON. */
  static String time(long ms) {
    return SerdeText.quote(Instant.ofEpochMilli(ms).toString());
  }
}
