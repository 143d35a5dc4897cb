package io.tidemark.state;

import org.jspecify.annotations.Nullable;

/**
 * What a store knows of one key: its value, or that it has none.
 *
 * <p>It is <em>dirty</em> while its value is not in a block yet, and <em>held</em> until the engine
 * has applied the block; only an entry that is neither may be dropped.
 */
class CacheEntry<K, V> {
  final ObjectCache.Owner owner;
  final Object cacheKey;
  final K key;
  final byte[] engineKey;

  private @Nullable Object value;

  long expires = StoredValue.NEVER;
  boolean dirty;
  boolean inOverlay;

  /** Whether it was loaded ahead and nobody asked for it yet. */
  boolean loadedAhead;

  byte uses;
  long commit;
  int bytes;
  int valueBytes;

  CacheEntry(ObjectCache.Owner owner, Object cacheKey, K key, byte[] engineKey) {
    this.owner = owner;
    this.cacheKey = cacheKey;
    this.key = key;
    this.engineKey = engineKey;
  }

  /**
   * The value as the store's {@link CacheMode} keeps it, an object or a {@link StoredValue}; null
   * if there is none.
   */
  @Nullable Object value() {
    return value;
  }

  void value(@Nullable Object changed) {
    value = changed;
  }

  /** Looks at the value, to have it near to the processor; what it returns means nothing. */
  int touchValue() {
    return value instanceof Long ? 1 : 0;
  }

  /** Whether the engine's value may be another. */
  boolean ahead(long appliedCommit) {
    return dirty || commit > appliedCommit;
  }

  /** Whether the engine's value may be another, by what it has applied by now. */
  boolean isAhead() {
    return dirty || commit > owner.appliedCommit();
  }
}
