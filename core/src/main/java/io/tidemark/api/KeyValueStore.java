package io.tidemark.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A task's map from keys to values, kept on the task's machine and made durable by its commits.
 *
 * <p>Every read sees what this task wrote before, committed or not. Keys and values are never null:
 * an absent key reads as null, and {@link #delete} removes one. Order is the order of the keys'
 * serialized bytes, compared as unsigned numbers. Only the task's own thread may call a store; any
 * other gets an {@link IllegalStateException}.
 *
 * <p>Objects put into or got from a store belong to the store: to change one, put a changed copy.
 */
public interface KeyValueStore<K, V> {

  /** The value of a key; null if it has none. */
  @Nullable V get(K key);

  /** The values of those keys that have one. */
  Map<K, V> getAll(List<K> keys);

  /** Sets the value of a key. */
  void put(K key, V value);

  /** Sets several, in order. */
  void putAll(List<Entry<K, V>> entries);

  /** Removes a key; nothing happens if it is absent. */
  void delete(K key);

  /** Removes several. */
  void deleteAll(List<K> keys);

  /**
   * The entries from a key (included) to another (excluded), in order.
   *
   * @throws IllegalArgumentException if {@code from} is after {@code to}
   */
  KeyValueIterator<K, V> range(K from, K to);

  /** The entries whose serialized keys begin with these bytes, in order. */
  KeyValueIterator<K, V> prefix(byte[] prefix);

  /** All entries, in order. */
  KeyValueIterator<K, V> all();
}
