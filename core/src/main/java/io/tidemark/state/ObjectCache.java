package io.tidemark.state;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The entries that a worker's stores have in memory, as far as they fit into its bytes. Entries
 * that are ahead of their engine stay in any case. Confined to one thread.
 *
 * <p>A hash table with open addressing and linear probing: one array of hashes, which a search
 * mostly stays in, and one of entries beside it. What is evicted is found by a clock (Corbato,
 * 1968) that counts: a hand goes round the table, lowers the count of uses of each entry it passes,
 * and takes those that had none. An entry begins with none, so that what is read once in a long
 * scan goes before what is used again and again. A read touches one entry and no neighbours, as the
 * links of a list would be.
 *
 * <p>What a task's stores have of one key begins its search at the same slot: so whoever knows the
 * key of a record, but not which of the stores will be asked for it, can have the entries brought
 * near. The lowest bits of a stored hash tell the stores apart.
 */
public final class ObjectCache {
  /** How many entries the hand passes over in a row before an eviction gives up for now. */
  private static final int PATIENCE = 64;

  /** How many keys may be touched at a time. */
  static final int MOST_TOUCHED = 64;

  private static final int MOST_USES = 3;
  private static final int MIN_CAPACITY = 64;

  /** How many bits of a hash tell a task's stores apart; the others are the key's. */
  private static final int STORE_BITS = 5;

  /** How far from where its search begins a key is looked for to be touched. */
  private static final int TOUCHED_SLOTS = 4;

  /** Whose entries are cached; compared by identity. */
  interface Owner {
    /** The number of its task, which no other task of the process has. */
    int task();

    /** Its number within the task, by which it is told from most others of that. */
    int store();

    /** The commit that its engine has applied. */
    long appliedCommit();
  }

  private final long maxBytes;
  private int[] hashes = new int[MIN_CAPACITY]; // 0 where there is no entry
  private @Nullable CacheEntry<?, ?>[] entries = new CacheEntry<?, ?>[MIN_CAPACITY];
  private int shift = shift(MIN_CAPACITY);
  private int size;
  private int hand;
  private long bytes;

  /** What is in {@link #bytes} without being an entry. */
  private long charged;

  /** Where the last search found its entry; it may be another's by now. */
  private int latest;

  private final int[] touchedHashes = new int[MOST_TOUCHED];

  /** Of no meaning, but kept, so that reading to touch is not left out. */
  private int touched;

  /**
   * @param maxBytes how much memory the entries may take, keys, values and the table together
   */
  public ObjectCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** How much memory the entries take, as measured on samples. */
  public long bytes() {
    return bytes;
  }

  /** By how much the entries exceed the limit, since engines lag; 0 if they fit. */
  public long excess() {
    return Math.max(0, bytes - maxBytes);
  }

  /** The limit. */
  public long maxBytes() {
    return maxBytes;
  }

  @Nullable CacheEntry<?, ?> get(Owner owner, Object cacheKey) {
    CacheEntry<?, ?> last = entries[latest];
    if (last != null && last.owner == owner && last.cacheKey.equals(cacheKey)) {
      return last; // a put after a get of the same key
    }
    int hash = hash(owner, cacheKey);
    int mask = hashes.length - 1;
    for (int slot = home(hash); hashes[slot] != 0; slot = (slot + 1) & mask) {
      if (hashes[slot] == hash) {
        CacheEntry<?, ?> entry = entries[slot];
        if (entry != null && entry.owner == owner && entry.cacheKey.equals(cacheKey)) {
          if (entry.uses < MOST_USES) {
            entry.uses++;
          }
          latest = slot;
          return entry;
        }
      }
    }
    return null;
  }

  /** Whether an entry is there; that it was asked for is not counted as a use. */
  boolean has(Owner owner, Object cacheKey) {
    int hash = hash(owner, cacheKey);
    int mask = hashes.length - 1;
    for (int slot = home(hash); hashes[slot] != 0; slot = (slot + 1) & mask) {
      CacheEntry<?, ?> entry = hashes[slot] == hash ? entries[slot] : null;
      if (entry != null && entry.owner == owner && entry.cacheKey.equals(cacheKey)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Reads what searches for some keys would read, in whichever of a task's stores, all of it at
   * about the same time, so that the searches find it in the processor's caches: a search waits for
   * memory several times, one wait after the other, and here those of all keys are one.
   *
   * @param task its number
   * @param count how many keys there are, at most {@link #MOST_TOUCHED}
   */
  void touch(int task, @Nullable Object[] cacheKeys, int count) {
    int read = 0;
    for (int i = 0; i < count; i++) {
      Object cacheKey = cacheKeys[i];
      int hash = cacheKey == null ? 0 : hash(task, cacheKey);
      touchedHashes[i] = hash;
      read += hashes[home(hash)] + (entries[home(hash)] == null ? 0 : 1);
    }
    int mask = hashes.length - 1;
    for (int i = 0; i < count; i++) {
      int hash = touchedHashes[i];
      int slot = home(hash);
      for (int n = 0; n < TOUCHED_SLOTS && hashes[slot] != 0; n++, slot = (slot + 1) & mask) {
        CacheEntry<?, ?> entry = isOfKey(hashes[slot], hash) ? entries[slot] : null;
        read += entry == null ? 0 : entry.uses + entry.cacheKey.hashCode() + entry.touchValue();
      }
    }
    touched += read;
  }

  private static boolean isOfKey(int hash, int keyHash) {
    return (hash ^ keyHash) >>> STORE_BITS == 0;
  }

  /**
   * Adds an entry that is not there yet.
   *
   * @param entryBytes what it takes but for its value
   * @param valueBytes what its value takes
   */
  void add(CacheEntry<?, ?> entry, int entryBytes, int valueBytes) {
    if (2 * (size + 1) > hashes.length) {
      rehash(2 * hashes.length);
    }
    latest = place(entry, hash(entry.owner, entry.cacheKey));
    size++;
    entry.bytes = entryBytes + valueBytes;
    entry.valueBytes = valueBytes;
    bytes += entry.bytes;
  }

  /** Takes some of the memory for what is no entry, or gives it back. */
  void charge(long more) {
    charged += more;
    bytes += more;
  }

  /** Notes that an entry's value now takes so many bytes. */
  void resize(CacheEntry<?, ?> entry, int valueBytes) {
    int more = valueBytes - entry.valueBytes;
    bytes += more;
    entry.bytes += more;
    entry.valueBytes = valueBytes;
  }

  /** Drops entries not used lately until the rest fit, or too many have to stay. */
  void evict() {
    int patience = PATIENCE;
    while (bytes > maxBytes && patience > 0) {
      CacheEntry<?, ?> candidate = entries[hand];
      if (candidate == null) {
        hand = (hand + 1) & (entries.length - 1);
        patience -= size == 0 ? 1 : 0;
      } else if (candidate.uses > 0 || candidate.isAhead()) {
        candidate.uses -= candidate.uses > 0 ? 1 : 0;
        hand = (hand + 1) & (entries.length - 1);
        patience--;
      } else {
        removeAt(hand); // what comes into its place is looked at next
        patience = PATIENCE;
      }
    }
    shrink();
  }

  /** Drops an entry that is there. */
  void remove(CacheEntry<?, ?> entry) {
    int mask = hashes.length - 1;
    for (int slot = home(hash(entry.owner, entry.cacheKey));
        hashes[slot] != 0;
        slot = (slot + 1) & mask) {
      if (entries[slot] == entry) {
        removeAt(slot);
        return;
      }
    }
    throw new IllegalArgumentException("no such entry");
  }

  /** Drops all entries of some owners. */
  void removeAll(Collection<? extends Owner> owners) {
    CacheEntry<?, ?>[] before = entries;
    int[] beforeHashes = hashes;
    size = 0;
    bytes = charged;
    latest = 0;
    hand = 0;
    hashes = new int[before.length];
    entries = new CacheEntry<?, ?>[before.length];
    for (int slot = 0; slot < before.length; slot++) {
      CacheEntry<?, ?> entry = before[slot];
      if (entry != null && !owners.contains(entry.owner)) {
        place(entry, beforeHashes[slot]);
        size++;
        bytes += entry.bytes;
      }
    }
    shrink();
  }

  private static int hash(Owner owner, Object cacheKey) {
    int hash = hash(owner.task(), cacheKey) | (owner.store() & ((1 << STORE_BITS) - 1));
    return hash == 0 ? 1 : hash;
  }

  /**
   * What the hashes of a key have in common that a task's stores have of it. Neighbouring keys of
   * one task may not fall together with those of its neighbours.
   */
  private static int hash(int task, Object cacheKey) {
    int hash = cacheKey.hashCode() + task * 0x85ebca6b;
    return ((hash ^ (hash >>> 16)) * 0x9e3779b9) >>> STORE_BITS << STORE_BITS;
  }

  /** Where the search for a hash begins: its highest bits. */
  private int home(int hash) {
    return hash >>> shift;
  }

  /** Puts an entry into the first free slot, and returns that. */
  private int place(CacheEntry<?, ?> entry, int hash) {
    int mask = hashes.length - 1;
    int slot = home(hash);
    while (hashes[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    hashes[slot] = hash;
    entries[slot] = entry;
    return slot;
  }

  /** Empties a slot, and moves up the entries behind it that a search would no longer find. */
  private void removeAt(int slot) {
    CacheEntry<?, ?> removed = entries[slot];
    if (removed == null) {
      throw new IllegalStateException("an empty slot");
    }
    bytes -= removed.bytes;
    int mask = hashes.length - 1;
    int gap = slot;
    for (int next = (gap + 1) & mask; hashes[next] != 0; next = (next + 1) & mask) {
      if (((next - home(hashes[next])) & mask) >= ((next - gap) & mask)) {
        hashes[gap] = hashes[next];
        entries[gap] = entries[next];
        gap = next;
      }
    }
    hashes[gap] = 0;
    entries[gap] = null;
    size--;
  }

  /** Else the hand would go a long way between two entries. */
  private void shrink() {
    if (hashes.length > MIN_CAPACITY && 16 * size < hashes.length) {
      rehash(hashes.length / 4);
    }
  }

  private static int shift(int capacity) {
    return Integer.numberOfLeadingZeros(capacity) + 1;
  }

  private void rehash(int capacity) {
    int[] oldHashes = hashes;
    CacheEntry<?, ?>[] oldEntries = entries;
    hashes = new int[Math.max(MIN_CAPACITY, capacity)];
    entries = new CacheEntry<?, ?>[hashes.length];
    shift = shift(hashes.length);
    latest = 0;
    for (int slot = 0; slot < oldEntries.length; slot++) {
      CacheEntry<?, ?> entry = oldEntries[slot];
      if (entry != null) {
        place(entry, oldHashes[slot]);
      }
    }
    hand = 0;
  }
}
