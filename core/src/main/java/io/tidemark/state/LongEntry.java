package io.tidemark.state;

import org.jspecify.annotations.Nullable;

/**
 * An entry whose value is a {@link Long}, which it keeps as a number: old objects that point to new
 * ones again and again are what garbage collectors find hardest.
 */
final class LongEntry<K, V> extends CacheEntry<K, V> {
  private long number;
  private boolean present;

  LongEntry(ObjectCache.Owner owner, Object cacheKey, K key, byte[] engineKey) {
    super(owner, cacheKey, key, engineKey);
  }

  @Override
  @Nullable Object value() {
    return present ? (Object) number : super.value();
  }

  /** Also takes what is no number, lest it be this class that finds out. */
  @Override
  void value(@Nullable Object changed) {
    if (changed instanceof Long changedNumber) {
      number = changedNumber;
      if (!present) {
        super.value(null);
        present = true;
      }
    } else {
      super.value(changed);
      present = false;
    }
  }

  @Override
  int touchValue() {
    return (int) number;
  }
}
