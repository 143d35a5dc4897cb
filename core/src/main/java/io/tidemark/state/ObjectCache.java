package io.tidemark.state;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a store that are in memory, as far as they fit into its bytes. Entries that are
 * ahead of the engine stay in any case. Confined to one thread.
 *
 * <p>A hash table with open addressing and linear probing: one array of hashes, which a search
 * mostly stays in, and one of entries beside it. What is evicted is found by a clock (Corbato,
 * 1968): a hand goes round the table, passes over entries used since it last came by, and takes the
 * others. So a read touches one entry and no neighbours, as the links of a list would be.
 */
final class ObjectCache<K, V> {
  /**
   * What an entry costs besides its key's and value's bytes: object headers and its share of the
   * table.
   */
  private static final int ENTRY_OVERHEAD = 140;

  /** How many entries the hand passes over in a row before an eviction gives up for now. */
  private static final int PATIENCE = 64;

  private static final int MIN_CAPACITY = 64;

  private final long maxBytes;
  private int[] hashes = new int[MIN_CAPACITY]; // 0 where there is no entry
  private @Nullable CacheEntry<K, V>[] entries = newTable(MIN_CAPACITY);
  private int size;
  private int hand;
  private long bytes;
  private @Nullable CacheEntry<K, V> latest;

  ObjectCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Nullable CacheEntry<K, V> get(Object cacheKey) {
    CacheEntry<K, V> last = latest;
    if (last != null && last.cacheKey.equals(cacheKey)) {
      return last; // a put after a get of the same key
    }
    int hash = hash(cacheKey);
    int mask = hashes.length - 1;
    for (int slot = hash & mask; hashes[slot] != 0; slot = (slot + 1) & mask) {
      if (hashes[slot] == hash) {
        CacheEntry<K, V> entry = entries[slot];
        if (entry != null && entry.cacheKey.equals(cacheKey)) {
          entry.used = true;
          latest = entry;
          return entry;
        }
      }
    }
    return null;
  }

  /** Adds an entry that is not there yet, whose value takes so many bytes when serialized. */
  void add(CacheEntry<K, V> entry, int valueBytes) {
    if (2 * (size + 1) > hashes.length) {
      rehash(2 * hashes.length);
    }
    place(entry, hash(entry.cacheKey));
    size++;
    entry.used = true;
    latest = entry;
    entry.bytes = bytes(entry, valueBytes);
    bytes += entry.bytes;
  }

  /** Notes that the entry's value now takes so many bytes when serialized. */
  void resize(CacheEntry<K, V> entry, int valueBytes) {
    int now = bytes(entry, valueBytes);
    bytes += now - entry.bytes;
    entry.bytes = now;
  }

  /** Drops entries not used lately until the rest fit, or too many have to stay. */
  void evict(long appliedCommit) {
    int patience = PATIENCE;
    while (bytes > maxBytes && patience > 0) {
      CacheEntry<K, V> candidate = entries[hand];
      if (candidate == null) {
        hand = (hand + 1) & (entries.length - 1);
        patience -= size == 0 ? 1 : 0;
      } else if (candidate.used || candidate.ahead(appliedCommit)) {
        candidate.used = false;
        hand = (hand + 1) & (entries.length - 1);
        patience--;
      } else {
        bytes -= candidate.bytes;
        remove(hand); // what comes into its place is looked at next
        patience = PATIENCE;
      }
    }
    if (hashes.length > MIN_CAPACITY && 16 * size < hashes.length) {
      rehash(hashes.length / 4); // else the hand would go a long way between two entries
    }
  }

  void forEach(Consumer<CacheEntry<K, V>> action) {
    for (CacheEntry<K, V> entry : entries) {
      if (entry != null) {
        action.accept(entry);
      }
    }
  }

  long bytes() {
    return bytes;
  }

  private int bytes(CacheEntry<K, V> entry, int valueBytes) {
    return ENTRY_OVERHEAD + 2 * entry.engineKey.length + valueBytes;
  }

  private static int hash(Object cacheKey) {
    int hash = cacheKey.hashCode() * 0x9e3779b9;
    hash ^= hash >>> 15;
    return hash == 0 ? 1 : hash;
  }

  private void place(CacheEntry<K, V> entry, int hash) {
    int mask = hashes.length - 1;
    int slot = hash & mask;
    while (hashes[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    hashes[slot] = hash;
    entries[slot] = entry;
  }

  /** Empties a slot, and moves up the entries behind it that a search would no longer find. */
  private void remove(int slot) {
    if (entries[slot] == latest) {
      latest = null;
    }
    int mask = hashes.length - 1;
    int gap = slot;
    for (int next = (gap + 1) & mask; hashes[next] != 0; next = (next + 1) & mask) {
      int home = hashes[next] & mask;
      if (((next - home) & mask) >= ((next - gap) & mask)) {
        hashes[gap] = hashes[next];
        entries[gap] = entries[next];
        gap = next;
      }
    }
    hashes[gap] = 0;
    entries[gap] = null;
    size--;
  }

  private void rehash(int capacity) {
    int[] oldHashes = hashes;
    @Nullable CacheEntry<K, V>[] oldEntries = entries;
    hashes = new int[Math.max(MIN_CAPACITY, capacity)];
    entries = newTable(hashes.length);
    for (int slot = 0; slot < oldEntries.length; slot++) {
      CacheEntry<K, V> entry = oldEntries[slot];
      if (entry != null) {
        place(entry, oldHashes[slot]);
      }
    }
    hand = 0;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  private static <K, V> @Nullable CacheEntry<K, V>[] newTable(int capacity) {
    return new CacheEntry[capacity];
  }
}
