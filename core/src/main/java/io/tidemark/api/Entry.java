package io.tidemark.api;

/**
 * A key and its value.
 *
 * @param key never null
 * @param value never null in what a store returns
 */
public record Entry<K, V>(K key, V value) {

  /** The key. */
  public K getKey() {
    return key;
  }

  /** The value. */
  public V getValue() {
    return value;
  }
}
