package io.tidemark.state;

import io.tidemark.api.Entry;
import io.tidemark.api.KeyValueIterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Merges the engine's entries, one cursor per slot, with the entries that were ahead of the engine
 * when the iterator was made; those win. Confined to the task's worker.
 */
final class StoreIterator<K, V> implements KeyValueIterator<K, V> {
  private final TaskStore<K, V> store;
  private final List<Ahead<K, V>> ahead;
  private final PriorityQueue<EngineCursor> cursors = new PriorityQueue<>();
  private int nextAhead;
  private @Nullable Entry<K, V> next;
  private boolean primed;
  private boolean closed;

  /** An entry ahead of the engine: its value then, or null if it was removed. */
  record Ahead<K, V>(K key, byte[] engineKey, @Nullable V value) {}

  private record EngineCursor(EngineIterator iterator, byte[] key)
      implements Comparable<EngineCursor> {
    @Override
    public int compareTo(EngineCursor other) {
      return KeyOrder.WITHIN_SLOTS.compare(key, other.key);
    }
  }

  StoreIterator(TaskStore<K, V> store, List<Ahead<K, V>> ahead) {
    this.store = store;
    this.ahead = ahead;
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
    store.checkThread();
    if (closed) {
      throw new IllegalStateException(
          "an iterator of store "
              + store.name()
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
          "store " + store.name() + " has no more entries in this range");
    }
    primed = false;
    return Objects.requireNonNull(next);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      cursors.forEach(cursor -> cursor.iterator.close());
      cursors.clear();
      store.iteratorClosed(this);
    }
  }

  private @Nullable Entry<K, V> advance() {
    while (true) {
      EngineCursor cursor = cursors.peek();
      Ahead<K, V> candidate = nextAhead < ahead.size() ? ahead.get(nextAhead) : null;
      if (cursor == null && candidate == null) {
        return null;
      }
      int order =
          cursor == null
              ? 1
              : candidate == null
                  ? -1
                  : KeyOrder.WITHIN_SLOTS.compare(cursor.key, candidate.engineKey);
      if (order < 0) {
        return fromEngine(cursors.remove());
      }
      if (order == 0) {
        step(cursors.remove());
      }
      nextAhead++;
      V value = Objects.requireNonNull(candidate).value;
      if (value != null) {
        return new Entry<>(candidate.key, value);
      }
    }
  }

  private Entry<K, V> fromEngine(EngineCursor cursor) {
    Entry<K, V> entry = store.entry(cursor.key, cursor.iterator.value());
    step(cursor);
    return entry;
  }

  private void step(EngineCursor cursor) {
    cursor.iterator.next();
    addSource(cursor.iterator);
  }
}
