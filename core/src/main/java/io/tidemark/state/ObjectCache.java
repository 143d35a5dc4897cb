package io.tidemark.state;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a store that are in memory, the least recently used first to go when they exceed
 * their bytes. Entries that are ahead of the engine stay. Confined to one thread.
 */
final class ObjectCache<K, V> {
  /**
   * What an entry costs besides its key's and value's bytes: object headers, links, the map's node.
   */
  private static final int ENTRY_OVERHEAD = 160;

  /** How many entries that must stay are passed over before an eviction gives up for now. */
  private static final int EVICTION_PATIENCE = 16;

  private final Map<Object, CacheEntry<K, V>> entries = new HashMap<>();
  private final long maxBytes;
  private long bytes;
  private @Nullable CacheEntry<K, V> oldest;
  private @Nullable CacheEntry<K, V> newest;

  ObjectCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Nullable CacheEntry<K, V> get(Object cacheKey) {
    CacheEntry<K, V> last = newest;
    if (last != null && last.cacheKey.equals(cacheKey)) {
      return last; // a put after a get of the same key
    }
    CacheEntry<K, V> entry = entries.get(cacheKey);
    if (entry != null) {
      unlink(entry);
      append(entry);
    }
    return entry;
  }

  /** Adds an entry whose value takes so many bytes when serialized. */
  void add(CacheEntry<K, V> entry, int valueBytes) {
    entries.put(entry.cacheKey, entry);
    append(entry);
    entry.bytes = ENTRY_OVERHEAD + 2 * entry.engineKey.length + valueBytes;
    bytes += entry.bytes;
  }

  /** Notes that the entry's value now takes so many bytes when serialized. */
  void resize(CacheEntry<K, V> entry, int valueBytes) {
    int size = ENTRY_OVERHEAD + 2 * entry.engineKey.length + valueBytes;
    bytes += size - entry.bytes;
    entry.bytes = size;
  }

  /** Drops the entries used least recently until the rest fit, or too many of them must stay. */
  void evict(long appliedCommit) {
    int patience = EVICTION_PATIENCE;
    while (bytes > maxBytes && oldest != null && patience > 0) {
      CacheEntry<K, V> candidate = oldest;
      unlink(candidate);
      if (candidate.ahead(appliedCommit)) {
        append(candidate);
        patience--;
      } else {
        entries.remove(candidate.cacheKey);
        bytes -= candidate.bytes;
      }
    }
  }

  void forEach(Consumer<CacheEntry<K, V>> action) {
    entries.values().forEach(action);
  }

  long bytes() {
    return bytes;
  }

  private void append(CacheEntry<K, V> entry) {
    entry.older = newest;
    entry.newer = null;
    if (newest == null) {
      oldest = entry;
    } else {
      newest.newer = entry;
    }
    newest = entry;
  }

  private void unlink(CacheEntry<K, V> entry) {
    if (entry.older == null) {
      oldest = entry.newer;
    } else {
      entry.older.newer = entry.newer;
    }
    if (entry.newer == null) {
      newest = entry.older;
    } else {
      entry.newer.older = entry.older;
    }
  }
}
