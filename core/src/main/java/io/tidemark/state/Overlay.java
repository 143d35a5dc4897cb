package io.tidemark.state;

import io.tidemark.journal.Block;
import io.tidemark.journal.StoreChanges;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The newest change of each key of one store, gathered from blocks into an engine of their own, so
 * that it takes little memory however many there are.
 *
 * <p>A value in that engine is a byte, 1, and the value; or a byte 0 if the key was removed.
 * Confined to one thread.
 */
final class Overlay implements AutoCloseable {
  private static final long BATCH_BYTES = 4 << 20;
  private static final byte[] REMOVED = {0};

  private final String store;
  private final Supplier<StorageEngine> scratch;
  private final boolean keepsRemovals;
  private final TreeMap<byte[], byte[]> batch = new TreeMap<>(Arrays::compareUnsigned);
  private long batchBytes;

  /** Null until it is needed: mostly there are no changes. */
  private @Nullable StorageEngine engine;

  /**
   * @param store the store's name
   * @param scratch opens an empty engine with one store, which is closed with this
   * @param keepsRemovals whether there is something below that a removed key must hide
   */
  Overlay(String store, Supplier<StorageEngine> scratch, boolean keepsRemovals) {
    this.store = store;
    this.scratch = scratch;
    this.keepsRemovals = keepsRemovals;
  }

  /** Takes the changes of a block, of keys within a range; blocks come in order. */
  void add(Block block, KeyRange range) {
    for (StoreChanges changes : block.stores()) {
      if (changes.store().equals(store)) {
        add(changes.cursor(), range);
      }
    }
    if (batchBytes >= BATCH_BYTES) {
      apply();
    }
  }

  private void add(StoreChanges.Cursor cursor, KeyRange range) {
    while (cursor.next()) {
      int begin = cursor.keyOffset();
      int end = begin + cursor.keyLength();
      if (range.contains(cursor.array(), begin + Slots.PREFIX_BYTES, end)) {
        byte[] value = value(cursor);
        batch.put(Arrays.copyOfRange(cursor.array(), begin, end), value);
        batchBytes += cursor.keyLength() + value.length + 64;
      }
    }
  }

  private static byte[] value(StoreChanges.Cursor cursor) {
    if (cursor.valueLength() < 0) {
      return REMOVED;
    }
    byte[] value = new byte[1 + cursor.valueLength()];
    value[0] = 1;
    System.arraycopy(cursor.array(), cursor.valueOffset(), value, 1, cursor.valueLength());
    return value;
  }

  private void apply() {
    if (batch.isEmpty()) {
      return;
    }
    List<Change> changes = new ArrayList<>(batch.size());
    batch.forEach(
        (key, value) ->
            changes.add(new Change(0, key, keepsRemovals || !isRemoval(value) ? value : null)));
    engine().apply(changes, EngineCommit.NONE);
    batch.clear();
    batchBytes = 0;
  }

  private StorageEngine engine() {
    StorageEngine current = engine;
    if (current == null) {
      current = scratch.get();
      engine = current;
    }
    return current;
  }

  /** Whether nothing has changed. */
  boolean isEmpty() {
    return engine == null && batch.isEmpty();
  }

  /** The change of a key; null if there is none. */
  byte @Nullable [] get(byte[] engineKey) {
    apply();
    return engine == null ? null : engine.get(0, engineKey);
  }

  /** The changes of a range. */
  EngineIterator scan(byte[] from, byte @Nullable [] to, EngineReader.Direction direction) {
    apply();
    return engine().scan(0, from, to, direction);
  }

  static boolean isRemoval(byte[] changed) {
    return changed[0] == 0;
  }

  static byte[] value(byte[] changed) {
    return Arrays.copyOfRange(changed, 1, changed.length);
  }

  @Override
  public void close() {
    if (engine != null) {
      engine.close();
    }
  }
}
