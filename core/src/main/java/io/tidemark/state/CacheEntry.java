package io.tidemark.state;

import org.jspecify.annotations.Nullable;

/**
 * What a store knows of one key: its value as an object, or that it has none.
 *
 * <p>It is <em>dirty</em> while its value is not in a block yet, and <em>held</em> until the engine
 * has applied the block; only an entry that is neither may be dropped.
 */
final class CacheEntry<K, V> {
  final Object cacheKey;
  final K key;
  final byte[] engineKey;
  @Nullable V value;
  boolean dirty;
  boolean inOverlay;
  boolean used;
  long commit;
  int bytes;

  CacheEntry(Object cacheKey, K key, byte[] engineKey) {
    this.cacheKey = cacheKey;
    this.key = key;
    this.engineKey = engineKey;
  }

  /** Whether the engine's value may be another. */
  boolean ahead(long appliedCommit) {
    return dirty || commit > appliedCommit;
  }
}
