package io.tidemark.state;

import io.tidemark.api.Entry;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueSnapshot;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.ReadOnlyKeyValueStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A store that a stream feeds, as its task sees it: it reads, and refuses to be written. It is a
 * {@link KeyValueStore} all the same, so that a task that takes it for one hears what is wrong
 * instead of meeting a {@link ClassCastException}. Confined to the task's worker.
 */
public final class FedStore<K, V> implements KeyValueStore<K, V> {
  private final ReadOnlyKeyValueStore<K, V> contents;
  private final String name;
  private final String source;

  /**
   * @param contents what the stream has put there
   * @param name the store's name
   * @param source the stream
   */
  public FedStore(ReadOnlyKeyValueStore<K, V> contents, String name, String source) {
    this.contents = contents;
    this.name = name;
    this.source = source;
  }

  ReadOnlyKeyValueStore<K, V> contents() {
    return contents;
  }

  @Override
  public @Nullable V get(K key) {
    return contents.get(key);
  }

  @Override
  public Map<K, V> getAll(List<K> keys) {
    return contents.getAll(keys);
  }

  @Override
  public KeyValueIterator<K, V> range(K from, K to) {
    return contents.range(from, to);
  }

  @Override
  public KeyValueIterator<K, V> reverseRange(K from, K to) {
    return contents.reverseRange(from, to);
  }

  @Override
  public KeyValueIterator<K, V> prefix(byte[] prefix) {
    return contents.prefix(prefix);
  }

  @Override
  public KeyValueIterator<K, V> all() {
    return contents.all();
  }

  @Override
  public KeyValueIterator<K, V> reverseAll() {
    return contents.reverseAll();
  }

  @Override
  public long approximateEntries() {
    return contents.approximateEntries();
  }

  @Override
  public KeyValueSnapshot<K, V> snapshot() {
    if (contents instanceof KeyValueStore<K, V> store) {
      return store.snapshot();
    }
    throw new UnsupportedOperationException(
        "store " + name + " is broadcast from " + source + ", and such stores have no snapshots");
  }

  @Override
  public void put(K key, V value) {
    throw readOnly();
  }

  @Override
  public void put(K key, V value, Duration timeToLive) {
    throw readOnly();
  }

  @Override
  public void putAll(List<Entry<K, V>> entries) {
    throw readOnly();
  }

  @Override
  public @Nullable V putIfAbsent(K key, V value) {
    throw readOnly();
  }

  @Override
  public @Nullable V compute(K key, UnaryOperator<@Nullable V> update) {
    throw readOnly();
  }

  @Override
  public V merge(K key, V value, BinaryOperator<V> combine) {
    throw readOnly();
  }

  @Override
  public void delete(K key) {
    throw readOnly();
  }

  @Override
  public void deleteAll(List<K> keys) {
    throw readOnly();
  }

  private UnsupportedOperationException readOnly() {
    return new UnsupportedOperationException(
        String.format(
            "store %s is fed by the stream %s, and tasks can only read it; ask for it as a"
                + " ReadOnlyKeyValueStore, and send changes to that stream",
            name, source));
  }
}
