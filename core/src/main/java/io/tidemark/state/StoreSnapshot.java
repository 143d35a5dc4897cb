package io.tidemark.state;

import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueSnapshot;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * A store as it was: the engine's snapshot, under a copy of the entries that were ahead of it.
 * Confined to the task's worker.
 */
final class StoreSnapshot<K, V> implements KeyValueSnapshot<K, V>, StoreView<K> {
  private final TaskStore<K, V> store;
  private final StoreScans<K, V> scans;
  private final EngineSnapshot engine;
  private final int engineStore;
  private final NavigableMap<byte[], StoreIterator.Ahead<K>> ahead;
  private boolean closed;

  StoreSnapshot(
      TaskStore<K, V> store,
      StoreScans<K, V> scans,
      EngineSnapshot engine,
      int engineStore,
      NavigableMap<byte[], StoreIterator.Ahead<K>> ahead) {
    this.store = store;
    this.scans = scans;
    this.engine = engine;
    this.engineStore = engineStore;
    this.ahead = ahead;
  }

  @Override
  public @Nullable V get(K key) {
    check();
    byte[] engineKey = store.engineKey(key);
    StoreIterator.Ahead<K> written = ahead.get(engineKey);
    if (written != null) {
      return written.value() == null || written.expires() <= store.now()
          ? null
          : scans.toValue(key, written.value());
    }
    byte[] stored = engine.get(engineStore, engineKey);
    return stored == null || StoredValue.expires(stored) <= store.now()
        ? null
        : store.fromStored(key, stored);
  }

  @Override
  public Map<K, V> getAll(List<K> keys) {
    check();
    Map<K, V> found = new LinkedHashMap<>();
    for (K key : keys) {
      V value = get(key);
      if (value != null) {
        found.put(key, value);
      }
    }
    return found;
  }

  @Override
  public KeyValueIterator<K, V> range(K from, K to) {
    check();
    return scans.range(this, from, to, EngineReader.Direction.FORWARD);
  }

  @Override
  public KeyValueIterator<K, V> reverseRange(K from, K to) {
    check();
    return scans.range(this, from, to, EngineReader.Direction.BACKWARD);
  }

  @Override
  public KeyValueIterator<K, V> prefix(byte[] prefix) {
    check();
    return scans.prefix(this, prefix);
  }

  @Override
  public KeyValueIterator<K, V> all() {
    check();
    return scans.all(this, EngineReader.Direction.FORWARD);
  }

  @Override
  public KeyValueIterator<K, V> reverseAll() {
    check();
    return scans.all(this, EngineReader.Direction.BACKWARD);
  }

  @Override
  public long approximateEntries() {
    check();
    return store.approximateEntries();
  }

  @Override
  public EngineReader engine() {
    return engine;
  }

  @Override
  public Collection<StoreIterator.Ahead<K>> ahead(
      byte[] from, byte @Nullable [] to, EngineReader.Direction direction) {
    NavigableMap<byte[], StoreIterator.Ahead<K>> range =
        to == null ? ahead.tailMap(from, true) : ahead.subMap(from, true, to, false);
    return direction == EngineReader.Direction.FORWARD
        ? range.values()
        : range.descendingMap().values();
  }

  private void check() {
    store.checkThread();
    if (closed) {
      throw new IllegalStateException(
          "a snapshot of store " + store.name() + " was read after it was closed");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      store.checkThread();
      release();
    }
  }

  /** Closes it on behalf of the task. */
  void release() {
    if (!closed) {
      closed = true;
      scans.snapshotClosed(this);
      engine.close();
    }
  }
}
