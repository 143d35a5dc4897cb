package io.tidemark.checkpoint;

import io.tidemark.api.StateException;
import io.tidemark.state.Change;
import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineReader;
import io.tidemark.state.Slots;
import io.tidemark.state.StorageEngine;
import io.tidemark.state.StoredValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Changes all entries of an engine's store, in batches. Confined to one thread. */
final class Entries {
  private static final int BATCH_BYTES = 8 << 20;

  private final StorageEngine engine;
  private final int store;
  private List<Change> batch = new ArrayList<>();
  private long bytes;

  Entries(StorageEngine engine, int store) {
    this.engine = engine;
    this.store = store;
  }

  /** Removes all entries of a store. */
  static void clear(StorageEngine engine, int store) {
    Entries entries = new Entries(engine, store);
    try (EngineIterator found = engine.scan(store, new byte[0], null)) {
      for (; found.valid(); found.next()) {
        entries.put(found.key(), null);
      }
    }
    entries.apply();
  }

  /**
   * Adds what another engine's store has of some slots.
   *
   * @param renumbered the number that each number of a schema is here
   * @param what names where they are from, for messages
   * @throws StateException (TM-8503) if an entry that cannot be split is here already
   */
  void add(EngineReader from, int fromStore, IntPredicate slots, int[] renumbered, String what) {
    try (EngineIterator found = from.scan(fromStore, new byte[0], null)) {
      for (; found.valid(); found.next()) {
        byte[] key = found.key();
        int slot = Slots.slotOf(key);
        if (slots.test(slot)) {
          if (slot == Slots.TASK_SLOT && engine.get(store, key) != null) {
            throw new StateException(
                "TM-8503",
                what
                    + " has an entry that belongs to the whole task, and so has another task that it is to"
                    + " become one with; entries of that kind cannot be merged. Keep the number of tasks");
          }
          put(key, renumbered(found.value(), renumbered));
        }
      }
    }
    apply();
  }

  private static byte[] renumbered(byte[] stored, int[] numbers) {
    int number = StoredValue.schema(stored);
    if (number >= numbers.length || numbers[number] == number) {
      return stored;
    }
    byte[] copy = Arrays.copyOf(stored, stored.length);
    copy[0] = (byte) (stored[0] & 0x80 | numbers[number]);
    return copy;
  }

  private void put(byte[] key, byte @Nullable [] value) {
    batch.add(new Change(store, key, value));
    bytes += key.length + (value == null ? 0 : value.length);
    if (bytes > BATCH_BYTES) {
      apply();
    }
  }

  private void apply() {
    engine.apply(batch, engine.commit());
    batch = new ArrayList<>();
    bytes = 0;
  }
}
