package io.tidemark.api;

import java.time.Duration;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A task's map from keys to values, kept on the task's machine and made durable by its commits.
 *
 * <p>Every read sees what this task wrote before, committed or not. A null key, value or list
 * element is refused with a {@link NullPointerException} that names the store, before anything is
 * written. Only the task's own thread may call a store; any other gets an {@link
 * IllegalStateException}.
 *
 * <p>Objects put into or got from a store belong to the store: to change one, put a changed copy.
 *
 * <p>With {@code stores.<store>.ttl.ms} an entry is gone that long after it was last written, to
 * the millisecond of the task's time. The task's time is the machine's, but never goes back, also
 * not over a restart; in tests it is the tester's.
 */
public interface KeyValueStore<K, V> extends ReadOnlyKeyValueStore<K, V> {

  /**
   * Sets the value of a key.
   *
   * @throws StateException (TM-3016) if the value is larger than {@code
   *     stores.<store>.max.value.bytes}; where its size shows only when it is serialized, the
   *     commit fails with it and nothing is written
   */
  void put(K key, V value);

  /**
   * Sets the value of a key for a time, whatever the store's own time to live.
   *
   * @param timeToLive after which the entry is gone; rounded up to milliseconds, at least one
   * @throws IllegalArgumentException if it is not positive
   */
  void put(K key, V value, Duration timeToLive);

  /** Sets several, in order. */
  void putAll(List<Entry<K, V>> entries);

  /**
   * Sets the value of a key that has none.
   *
   * @return the value that was there, and stays; null if there was none
   */
  @Nullable V putIfAbsent(K key, V value);

  /**
   * Sets a key to what a function makes of its value, with one lookup.
   *
   * @param update gets the value, null if there is none; null as its result removes the key
   * @return what the function gave
   */
  @Nullable V compute(K key, UnaryOperator<@Nullable V> update);

  /**
   * Combines a value with the one that is there, with one lookup: {@code counts.merge(page, 1L,
   * Long::sum)} counts.
   *
   * @param combine gets the value there and the new one; not called if there is none
   * @return the value now
   */
  V merge(K key, V value, BinaryOperator<V> combine);

  /** Removes a key; nothing happens if it is absent. */
  void delete(K key);

  /** Removes several. */
  void deleteAll(List<K> keys);

  /** What the store holds now, to be read later; close it. */
  KeyValueSnapshot<K, V> snapshot();
}
