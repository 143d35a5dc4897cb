package io.tidemark.state;

import io.tidemark.journal.StoreChanges;
import io.tidemark.state.CommittedState.Value;
import io.tidemark.state.EngineReader.Direction;
import io.tidemark.state.UnappliedBlocks.Tail;
import io.tidemark.state.UnappliedBlocks.Unapplied;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a range as they were at one commit: a snapshot of the engine, merged with the
 * changes of the blocks that it has not applied. Taken in portions, between which the task may
 * close; then the rest cannot be had any more.
 *
 * <p>Any thread may use it, one at a time waiting for the other.
 */
public final class CommittedRange implements AutoCloseable {
  private final CommittedState state;
  private final Scope scope;
  private final long commit;
  private final EngineSnapshot snapshot;
  private final Comparator<byte[]> order;
  private final TreeMap<byte[], Change> changes;
  private final PriorityQueue<EngineCursor> cursors;
  private final List<EngineIterator> iterators = new ArrayList<>();
  private boolean released;

  /** What is looked for where. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Scope(
      String store, int index, int[] slots, KeyRange range, Direction direction, long nowMs) {}

  /**
   * An entry.
   *
   * @param key as the store's serde wrote it
   */
  @SuppressWarnings("ArrayRecordComponent") // the bytes are handed over, never compared
  public record Entry(byte[] key, Value value) {}

  /** Where the last change of a key stands; without a length it was removed. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Change(byte[] array, int valueOffset, int valueLength) {
    byte @Nullable [] value() {
      return valueLength < 0
          ? null
          : Arrays.copyOfRange(array, valueOffset, valueOffset + valueLength);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record EngineCursor(EngineIterator iterator, byte[] key) {}

  private CommittedRange(CommittedState state, Scope scope, long commit, EngineSnapshot snapshot) {
    this.state = state;
    this.scope = scope;
    this.commit = commit;
    this.snapshot = snapshot;
    order =
        scope.direction == Direction.FORWARD
            ? KeyOrder.WITHIN_SLOTS
            : KeyOrder.WITHIN_SLOTS.reversed();
    changes = new TreeMap<>(order);
    cursors = new PriorityQueue<>((left, right) -> order.compare(left.key, right.key));
  }

  /**
   * @param tail taken before the snapshot
   * @param snapshot given up by the range, also if it cannot be opened
   */
  static CommittedRange open(
      CommittedState state, Scope scope, Tail tail, EngineSnapshot snapshot) {
    long snapshotCommit = snapshot.commit().number();
    CommittedRange opened =
        new CommittedRange(state, scope, Math.max(tail.commit(), snapshotCommit), snapshot);
    try {
      if (!scope.range.isEmpty()) {
        opened.addChanges(tail, snapshotCommit);
        opened.openCursors();
      }
      return opened;
    } catch (RuntimeException | Error e) {
      opened.release();
      throw e;
    }
  }

  /** The commit whose entries these are. */
  public long commit() {
    return commit;
  }

  private void addChanges(Tail tail, long snapshotCommit) {
    for (int i = tail.blocks().size() - 1; i >= 0; i--) { // the oldest first: later ones replace it
      Unapplied block = tail.blocks().get(i);
      StoreChanges of = block.number() > snapshotCommit ? block.changes(scope.store) : null;
      if (of != null) {
        addChanges(of.cursor());
      }
    }
  }

  private void addChanges(StoreChanges.Cursor cursor) {
    while (cursor.next()) {
      byte[] array = cursor.array();
      int begin = cursor.keyOffset();
      int end = begin + cursor.keyLength();
      if (scope.range.contains(array, begin + Slots.PREFIX_BYTES, end)) {
        changes.put(
            Arrays.copyOfRange(array, begin, end),
            new Change(array, cursor.valueOffset(), cursor.valueLength()));
      }
    }
  }

  private void openCursors() {
    for (int slot : scope.slots) {
      EngineIterator iterator =
          snapshot.scan(
              scope.index, scope.range.start(slot), scope.range.end(slot), scope.direction);
      iterators.add(iterator);
      add(iterator);
    }
  }

  private void add(EngineIterator iterator) {
    if (iterator.valid()) {
      cursors.add(new EngineCursor(iterator, iterator.key()));
    }
  }

  /**
   * The next entries, in order; none at the end.
   *
   * @param maxEntries no more than so many
   * @param maxBytes and none after those that reach so many bytes
   * @throws io.tidemark.api.StateException (TM-7001) if the task has closed
   */
  public List<Entry> next(int maxEntries, long maxBytes) {
    return state.whileOpen(() -> take(maxEntries, maxBytes));
  }

  private synchronized List<Entry> take(int maxEntries, long maxBytes) {
    List<Entry> taken = new ArrayList<>();
    long bytes = 0;
    while (taken.size() < maxEntries && bytes < maxBytes) {
      Entry entry = next();
      if (entry == null) {
        break;
      }
      taken.add(entry);
      bytes += entry.key.length + entry.value.payload().length;
    }
    return taken;
  }

  private @Nullable Entry next() {
    while (!released) {
      EngineCursor cursor = cursors.peek();
      Map.Entry<byte[], Change> change = changes.firstEntry();
      if (cursor == null && change == null) {
        return null;
      }
      int compared =
          cursor == null ? 1 : change == null ? -1 : order.compare(cursor.key, change.getKey());
      byte[] key = compared < 0 ? cursor.key : change.getKey();
      Value value =
          Value.of(compared < 0 ? cursor.iterator.value() : change.getValue().value(), scope.nowMs);
      if (compared >= 0) {
        changes.pollFirstEntry();
      }
      if (compared <= 0) {
        step();
      }
      if (value != null) {
        return new Entry(Arrays.copyOfRange(key, Slots.PREFIX_BYTES, key.length), value);
      }
    }
    return null;
  }

  private void step() {
    EngineIterator iterator = cursors.remove().iterator;
    iterator.next();
    add(iterator);
  }

  /** Gives up the snapshot. Closing again does nothing. */
  @Override
  public void close() {
    state.ifOpen(this::release);
  }

  synchronized void release() {
    if (!released) {
      released = true;
      iterators.forEach(EngineIterator::close);
      cursors.clear();
      changes.clear();
      snapshot.close();
      state.rangeClosed(this);
    }
  }
}
