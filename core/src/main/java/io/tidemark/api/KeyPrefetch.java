package io.tidemark.api;

/** Takes the keys that will be read soon. Confined to the call that it was given to. */
public interface KeyPrefetch {

  /**
   * Adds a key.
   *
   * @param store a store of the task
   */
  <K> void add(ReadOnlyKeyValueStore<K, ?> store, K key);
}
