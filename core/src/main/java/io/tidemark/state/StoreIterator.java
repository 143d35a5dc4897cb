package io.tidemark.state;

import io.tidemark.api.Entry;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.state.EngineReader.Direction;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Merges the engine's entries, one cursor per slot, with the entries that were ahead of the engine
 * when the iterator was made; those win. Confined to the task's worker.
 */
final class StoreIterator<K, V> implements KeyValueIterator<K, V> {
  private final StoreScans<K, V> scans;
  private final StoreView<K> view;
  private final String madeBy;
  private final Iterator<Ahead<K>> ahead;
  private final Comparator<byte[]> order;
  private final long now;
  private final PriorityQueue<EngineCursor> cursors;
  private @Nullable Ahead<K> nextAhead;
  private @Nullable Entry<K, V> next;
  private boolean primed;
  private boolean closed;

  /**
   * An entry ahead of the engine.
   *
   * @param value as the store's cache has it; null if it was removed
   */
  record Ahead<K>(K key, byte[] engineKey, @Nullable Object value, long expires) {}

  private record EngineCursor(EngineIterator iterator, byte[] key) {}

  /**
   * @param view the store or its snapshot
   * @param madeBy the name of the method that the task called
   * @param ahead the entries ahead of the engine in the range, in its direction
   * @param now the time at which entries count as expired or not
   */
  StoreIterator(
      StoreScans<K, V> scans,
      StoreView<K> view,
      String madeBy,
      Collection<Ahead<K>> ahead,
      Direction direction,
      long now) {
    this.scans = scans;
    this.view = view;
    this.madeBy = madeBy;
    this.ahead = ahead.iterator();
    this.now = now;
    order =
        direction == Direction.FORWARD ? KeyOrder.WITHIN_SLOTS : KeyOrder.WITHIN_SLOTS.reversed();
    cursors = new PriorityQueue<>((left, right) -> order.compare(left.key, right.key));
    nextAhead = this.ahead.hasNext() ? this.ahead.next() : null;
  }

  void addSource(EngineIterator source) {
    if (source.valid()) {
      cursors.add(new EngineCursor(source, source.key()));
    } else {
      source.close();
    }
  }

  @Override
  public boolean hasNext() {
    scans.checkThread();
    if (closed) {
      throw new IllegalStateException(
          "an iterator of store "
              + scans.store()
              + " was used after it was closed, or after the call of"
              + " process or window that made it");
    }
    if (!primed) {
      next = advance();
      primed = true;
    }
    return next != null;
  }

  @Override
  public Entry<K, V> next() {
    if (!hasNext()) {
      throw new NoSuchElementException(
          "store " + scans.store() + " has no more entries in this range");
    }
    primed = false;
    return Objects.requireNonNull(next);
  }

  boolean isOf(StoreView<K> other) {
    return view == other;
  }

  String madeBy() {
    return madeBy;
  }

  @Override
  public void close() {
    if (!closed) {
      scans.checkThread();
      release();
    }
  }

  /** Closes it on behalf of the task. */
  void release() {
    if (!closed) {
      closed = true;
      cursors.forEach(cursor -> cursor.iterator.close());
      cursors.clear();
      scans.iteratorClosed(this);
    }
  }

  private @Nullable Entry<K, V> advance() {
    while (true) {
      EngineCursor cursor = cursors.peek();
      Ahead<K> candidate = nextAhead;
      if (cursor == null && candidate == null) {
        return null;
      }
      Entry<K, V> entry;
      if (candidate == null
          || (cursor != null && order.compare(cursor.key, candidate.engineKey) < 0)) {
        entry = fromEngine(cursor);
      } else {
        if (cursor != null && order.compare(cursor.key, candidate.engineKey) == 0) {
          step(cursor);
        }
        entry = fromCache(candidate);
        nextAhead = ahead.hasNext() ? ahead.next() : null;
      }
      if (entry != null) {
        return entry;
      }
    }
  }

  private @Nullable Entry<K, V> fromCache(Ahead<K> candidate) {
    return candidate.value == null || candidate.expires <= now
        ? null
        : new Entry<>(candidate.key, scans.toValue(candidate.key, candidate.value));
  }

  private @Nullable Entry<K, V> fromEngine(EngineCursor cursor) {
    byte[] stored = cursor.iterator.value();
    Entry<K, V> entry = StoredValue.expires(stored) <= now ? null : scans.entry(cursor.key, stored);
    step(cursor);
    return entry;
  }

  /** Moves the first cursor on. Until then it stays in the row, to be closed if a read fails. */
  private void step(EngineCursor cursor) {
    cursor.iterator.next();
    cursors.remove();
    addSource(cursor.iterator);
  }
}
