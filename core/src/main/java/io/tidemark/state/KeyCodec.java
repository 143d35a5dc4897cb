package io.tidemark.state;

import io.tidemark.api.PartitioningKey;
import io.tidemark.api.Serde;
import io.tidemark.api.StateException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns keys of a store into those of engines and back, and says in which slots keys may be.
 * Confined to the task's worker.
 */
final class KeyCodec<K> {
  private final String store;
  private final String task;
  private final Serde<K> serde;
  private final @Nullable PartitioningKey<K> partitioningKey;
  private final boolean splittable;
  private final Slots slots;

  @SuppressWarnings("unchecked") // the serde and the key function are the ones configured for K
  KeyCodec(StoreSpec spec, String task, Slots slots) {
    this.store = spec.name();
    this.task = task;
    this.serde = (Serde<K>) (Serde<?>) spec.keySerde();
    this.partitioningKey = (PartitioningKey<K>) (PartitioningKey<?>) spec.partitioningKey();
    this.splittable = spec.splittable();
    this.slots = slots;
  }

  /** Whether keys may stand for their bytes, as {@link Serde#keysAreValues} says. */
  boolean keysAreValues() {
    return serde.keysAreValues();
  }

  /** A key as serialized. */
  byte[] bytes(K key) {
    byte[] bytes = serde.toBytes(key);
    if (bytes == null) {
      throw new NullPointerException("store " + store + ": the key serde wrote null");
    }
    return bytes;
  }

  /** The engine's key of a key. */
  byte[] engineKey(K key, byte[] bytes) {
    return Slots.engineKey(slot(key, bytes), bytes);
  }

  private int slot(K key, byte[] bytes) {
    if (!splittable) {
      return Slots.TASK_SLOT;
    }
    return slots.of(partitioningKey == null ? bytes : partitioningKey.of(key, bytes));
  }

  /** The slots in which keys that begin so may be, ascending. */
  int[] slotsOf(byte[] prefix) {
    if (!splittable) {
      return new int[] {Slots.TASK_SLOT};
    }
    byte[] common = partitioningKey == null ? null : partitioningKey.ofPrefix(prefix, serde);
    return common == null ? slots.all() : new int[] {slots.of(common)};
  }

  /**
   * The key of an engine's key.
   *
   * @throws StateException (TM-3011) if the serde fails
   */
  K key(byte[] engineKey) {
    byte[] bytes = Arrays.copyOfRange(engineKey, Slots.PREFIX_BYTES, engineKey.length);
    try {
      return Objects.requireNonNull(serde.fromBytes(bytes), "the serde read null");
    } catch (RuntimeException e) {
      throw new StateException(
          "TM-3011",
          String.format(
              "store %s of task %s: a key cannot be read with %s; was the store written with"
                  + " another stores.%s.key.serde?",
              store, task, serde.getClass().getName(), store),
          e);
    }
  }
}
