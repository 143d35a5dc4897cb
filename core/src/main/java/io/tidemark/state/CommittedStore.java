package io.tidemark.state;

import io.tidemark.journal.Block;
import io.tidemark.state.EngineReader.Direction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One store of one task as it was committed, to look at from outside of the task: what an engine
 * has on disk, and over it the changes of the blocks that came later; or without an engine the
 * changes of all blocks. Confined to one thread.
 */
public final class CommittedStore implements AutoCloseable {
  private final @Nullable EngineFiles files;
  private final Overlay overlay;
  private final KeyRange range;
  private final long now;

  /**
   * Begins with what an engine has.
   *
   * @param store the store's name
   * @param files the engine's, whose only store it is; null if there are none. The caller closes it
   * @param scratch opens an empty engine of one store, for changes; it is closed with this
   * @param range the keys that will be asked for; changes of others are not kept
   * @param now the time at which entries must not have expired, in milliseconds since 1970
   */
  public CommittedStore(
      String store,
      @Nullable EngineFiles files,
      Supplier<StorageEngine> scratch,
      KeyRange range,
      long now) {
    this.files = files;
    this.overlay = new Overlay(store, scratch, files != null);
    this.range = range;
    this.now = now;
  }

  /** Makes the changes of the next block. */
  public void add(Block block) {
    overlay.add(block, range);
  }

  /**
   * The entry of a key; null if there is none.
   *
   * @param partitioningKey what decides its slot; null if the store's keys have none
   * @param slots those that the task may have
   */
  public @Nullable StoredEntry get(byte[] key, byte @Nullable [] partitioningKey, Slots slots) {
    int slot = partitioningKey == null ? Slots.TASK_SLOT : slots.of(partitioningKey);
    byte[] engineKey = Slots.engineKey(slot, key);
    byte[] changed = overlay.get(engineKey);
    byte[] stored;
    if (changed != null) {
      stored = Overlay.isRemoval(changed) ? null : Overlay.value(changed);
    } else {
      stored = files == null ? null : files.get(0, engineKey);
    }
    StoredEntry entry = stored == null ? null : StoredEntry.of(engineKey, stored);
    return entry == null || entry.isGone(now) ? null : entry;
  }

  /** All entries, by slot and then by key. */
  public Entries all() {
    return new Entries(scan(new byte[0], null, Direction.FORWARD));
  }

  /**
   * The entries of a range in the order of keys.
   *
   * @param slots those that the task may have
   */
  public Entries scan(KeyRange keys, Slots slots, Direction direction) {
    List<EngineIterator> iterators = new ArrayList<>();
    for (int slot : slots.all()) {
      iterators.add(scan(keys.start(slot), keys.end(slot), direction));
    }
    return new Entries(new MergedIterator(iterators, direction));
  }

  /** How many of the slots that the task may have are not empty. */
  public int usedSlots(Slots slots) {
    int used = 0;
    for (int slot : slots.all()) {
      byte[] from = KeyRange.ALL.start(slot);
      byte[] end = KeyRange.ALL.end(slot);
      try (Entries entries = new Entries(scan(from, end, Direction.FORWARD))) {
        used += entries.next() == null ? 0 : 1;
      }
    }
    return used;
  }

  private EngineIterator scan(byte[] from, byte @Nullable [] to, Direction direction) {
    EngineIterator base = files == null ? null : files.scan(0, from, to, direction);
    return base != null && overlay.isEmpty()
        ? base
        : new OverlaidIterator(base, overlay.scan(from, to, direction), direction);
  }

  @Override
  public void close() {
    overlay.close();
  }

  /** Entries that have not expired, one after another. Confined to one thread. */
  public final class Entries implements AutoCloseable {
    private final EngineIterator iterator;

    private Entries(EngineIterator iterator) {
      this.iterator = iterator;
    }

    /** The next one; null after the last. */
    public @Nullable StoredEntry next() {
      while (iterator.valid()) {
        StoredEntry entry = StoredEntry.of(iterator.key(), iterator.value());
        iterator.next();
        if (!entry.isGone(now)) {
          return entry;
        }
      }
      return null;
    }

    @Override
    public void close() {
      iterator.close();
    }
  }
}
