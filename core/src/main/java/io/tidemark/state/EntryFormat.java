package io.tidemark.state;

import io.tidemark.api.BytesSerde;
import io.tidemark.api.LongSerde;
import io.tidemark.api.OrderedLongSerde;
import io.tidemark.api.Serde;
import io.tidemark.api.StringSerde;
import io.tidemark.journal.BlockBuilder;
import org.jspecify.annotations.Nullable;

/**
 * In what form the entries of one store are cached, between that of the user and that of the
 * engine: values are objects, or bytes if the store caches no objects. Knows what they take in
 * memory. Confined to the task's worker.
 */
final class EntryFormat<K, V> {
  private final ObjectCache.Owner owner;
  private final ValueCodec<V> values;
  private final EntryCost cost;
  private final boolean objects;

  /** Whether values are cached as the objects of a serde of longs. */
  private final boolean longs;

  /** Whether a value tells how many bytes it has at least when it is serialized. */
  private final boolean sizesAreKnown;

  /**
   * @param owner whose entries they are
   * @param keysAreValues whether a cached key is an object without its bytes
   */
  EntryFormat(
      ObjectCache.Owner owner, StoreSpec spec, ValueCodec<V> values, boolean keysAreValues) {
    this.owner = owner;
    this.values = values;
    this.cost = new EntryCost(keysAreValues);
    Serde<?> serde = spec.valueSerde();
    objects = spec.cache() == CacheMode.OBJECTS;
    longs = objects && (serde instanceof LongSerde || serde instanceof OrderedLongSerde);
    sizesAreKnown = serde instanceof BytesSerde || serde instanceof StringSerde;
  }

  /** A new entry without a value. */
  CacheEntry<K, V> newEntry(Object cacheKey, K key, byte[] engineKey) {
    return longs
        ? new LongEntry<>(owner, cacheKey, key, engineKey)
        : new CacheEntry<>(owner, cacheKey, key, engineKey);
  }

  /** A value in the form in which the cache has it, if it may be written at all. */
  Object toCached(K key, V value, long expires) {
    if (!objects) {
      return values.write(key, value, expires);
    }
    if (sizesAreKnown) {
      values.checkSize(key, cost.stored(value));
    }
    return value;
  }

  /** A value from the form in which the cache has it. */
  V toValue(K key, Object cached) {
    return objects ? object(cached) : values.read(key, (byte[]) cached);
  }

  @SuppressWarnings("unchecked") // a store of objects caches objects of its type
  private V object(Object cached) {
    return (V) cached;
  }

  /**
   * Gives an entry the engine's value.
   *
   * @return what the value takes
   */
  int read(CacheEntry<K, V> entry, byte @Nullable [] stored) {
    if (stored == null) {
      return 0;
    }
    entry.expires = StoredValue.expires(stored);
    if (!objects) {
      entry.value(stored);
      return cost.value(stored);
    }
    V value = values.read(entry.key, stored);
    cost.learn(value, stored.length);
    entry.value(value);
    return cost.value(value, stored.length);
  }

  /**
   * Adds an entry's value to a block.
   *
   * @return what the value takes
   */
  int write(BlockBuilder block, CacheEntry<K, V> entry) {
    Object value = entry.value();
    if (value == null) {
      block.change(entry.engineKey, null);
      return 0;
    }
    if (!objects) {
      block.change(entry.engineKey, (byte[]) value);
      return cost.value(value);
    }
    byte[] header = values.header(entry.expires);
    byte[] payload = values.payload(entry.key, object(value));
    block.change(entry.engineKey, header, payload);
    int stored = header.length + payload.length;
    cost.learn(value, stored);
    return cost.value(value, stored);
  }

  /** What an entry takes but for its value. */
  int entryBytes(CacheEntry<K, V> entry) {
    return cost.entry(entry.key, entry.engineKey);
  }

  /** What a cached value takes. */
  int valueBytes(@Nullable Object cached) {
    return cached == null ? 0 : cost.value(cached);
  }

  /** About how many bytes a cached value has in its stored form. */
  int storedBytes(@Nullable Object cached) {
    return cached == null ? 0 : cost.stored(cached);
  }
}
