package io.tidemark.state;

import io.tidemark.journal.BlockBuilder;
import io.tidemark.journal.StoreChanges;
import org.jspecify.annotations.Nullable;

/**
 * Writes of one store to keys that nobody has read lately: in the form in which the next block and
 * the engine take them, without an object for each. A key that is read becomes an entry of the
 * cache; until then its last write is found here, as long as the engine has not applied it.
 *
 * <p>A hash table with open addressing and linear probing finds the last write of a key in the
 * {@link WriteLog}: two numbers a slot, the hash and the place. A place that is gone counts as
 * free, but searches go past it.
 *
 * <p>Invariant: a key of a write that is in no block yet has no entry in the cache. Confined to the
 * task's worker.
 */
final class UnreadWrites {
  /** The place of what is not there. */
  static final long NOWHERE = -1;

  private static final int MIN_SLOTS = 8;
  private static final long[] NO_SLOTS = new long[0];

  private final ObjectCache.Owner owner;
  private final ObjectCache cache;
  private final WriteLog log;
  private long[] slots = NO_SLOTS;
  private int usedSlots;

  /** Takes writes. */
  interface Visitor {
    /**
     * @param stored null for a deletion
     * @param commit 0 if it is in no block yet
     */
    void write(byte[] engineKey, byte @Nullable [] stored, long commit);
  }

  /**
   * @param owner the store
   * @param cache whose memory it takes
   */
  UnreadWrites(ObjectCache.Owner owner, ObjectCache cache) {
    this.owner = owner;
    this.cache = cache;
    this.log = new WriteLog(cache);
  }

  boolean isEmpty() {
    return log.isEmpty();
  }

  /** How many writes are in no block yet. */
  int uncommitted() {
    return log.uncommitted();
  }

  // ---- finding

  /**
   * Where the last write of a key is that the engine does not have; {@link #NOWHERE} if there is
   * none. A later one may have come to an entry of the cache, so that is to be asked before.
   */
  long find(Object cacheKey, byte[] engineKey) {
    long place = search(cacheKey, engineKey);
    return place != NOWHERE && isAhead(place, owner.appliedCommit()) ? place : NOWHERE;
  }

  /** Whether a key was written after a commit; the engine had that one a moment ago. */
  boolean isWrittenSince(Object cacheKey, byte[] engineKey, long commit) {
    long place = search(cacheKey, engineKey);
    return place != NOWHERE && isAhead(place, commit);
  }

  private long search(Object cacheKey, byte[] engineKey) {
    if (log.isEmpty()) {
      return NOWHERE;
    }
    int hash = hash(cacheKey);
    int mask = slots.length / 2 - 1;
    for (int slot = hash & mask; slots[2 * slot] != 0; slot = (slot + 1) & mask) {
      if (slots[2 * slot] == hash && log.isOf(slots[2 * slot + 1], engineKey)) {
        return slots[2 * slot + 1];
      }
    }
    return NOWHERE;
  }

  /**
   * Reads what a search for some keys would read first, so that the waits for memory overlap.
   *
   * @return of no meaning
   */
  int touch(@Nullable Object[] cacheKeys, int count) {
    int read = 0;
    if (!log.isEmpty()) {
      int mask = slots.length / 2 - 1;
      for (int i = 0; i < count; i++) {
        Object cacheKey = cacheKeys[i];
        read += cacheKey == null ? 0 : (int) slots[2 * (hash(cacheKey) & mask)];
      }
    }
    return read;
  }

  private boolean isAhead(long place, long applied) {
    long commit = log.commit(place);
    return commit == 0 || commit > applied;
  }

  /** Whether a write that was found is in no block yet. */
  boolean isUncommitted(long place) {
    return log.commit(place) == 0;
  }

  /** The commit of a write that was found; 0 if it is in no block yet. */
  long commit(long place) {
    return log.commit(place);
  }

  /** The stored value of a write that was found; null for a deletion. */
  byte @Nullable [] stored(long place) {
    return log.stored(place);
  }

  // ---- writing

  /**
   * Adds a write of a key; it replaces one that is in a block already. There is none that is not.
   *
   * @param cacheKey by which the cache would know the key; as good as the engine's
   * @param header what stands before the payload
   * @param payload what the serde wrote; null for a deletion
   */
  void add(Object cacheKey, byte[] engineKey, byte[] header, byte @Nullable [] payload) {
    index(cacheKey, engineKey, log.append(engineKey, header, payload));
  }

  /** Takes back a write that was found and is in no block yet. */
  void remove(Object cacheKey, long place) {
    int mask = slots.length / 2 - 1;
    int slot = hash(cacheKey) & mask;
    while (slots[2 * slot + 1] != place) {
      slot = (slot + 1) & mask;
    }
    slots[2 * slot + 1] = log.gone();
    log.remove(place);
  }

  private void index(Object cacheKey, byte[] engineKey, long place) {
    if (3 * (usedSlots + 1) > slots.length) { // two thirds of the slots, of two numbers each
      rehash();
    }
    int hash = hash(cacheKey);
    int mask = slots.length / 2 - 1;
    int slot = hash & mask;
    int free = -1;
    while (slots[2 * slot] != 0) {
      long there = slots[2 * slot + 1];
      if (slots[2 * slot] == hash && log.isOf(there, engineKey)) {
        slots[2 * slot + 1] = place;
        return;
      }
      if (free < 0 && !log.has(there)) {
        free = slot;
      }
      slot = (slot + 1) & mask;
    }
    if (free < 0) {
      free = slot;
      usedSlots++;
    }
    slots[2 * free] = hash;
    slots[2 * free + 1] = place;
  }

  /** Leaves out what is gone, and makes room for as many writes as there may be. */
  private void rehash() {
    int capacity = Math.max(MIN_SLOTS, Integer.highestOneBit(log.size() + 1) * 4);
    long[] before = slots;
    slots = new long[2 * capacity];
    cache.charge(8L * (slots.length - before.length));
    usedSlots = 0;
    int mask = capacity - 1;
    for (int i = 0; i < before.length; i += 2) {
      if (before[i] != 0 && log.has(before[i + 1])) {
        int slot = (int) before[i] & mask;
        while (slots[2 * slot] != 0) {
          slot = (slot + 1) & mask;
        }
        slots[2 * slot] = before[i];
        slots[2 * slot + 1] = before[i + 1];
        usedSlots++;
      }
    }
  }

  /** Never 0. */
  private static int hash(Object cacheKey) {
    int hash = cacheKey.hashCode() * 0x9e3779b9;
    hash ^= hash >>> 15;
    return hash == 0 ? 1 : hash;
  }

  // ---- commits

  /** Adds all writes that are in no block yet to one, as the first of the store begun. */
  void writeTo(BlockBuilder block) {
    log.writeTo(block);
  }

  /**
   * What {@link #writeTo} added is part of a commit.
   *
   * @param changes those of the store in the commit's block
   */
  void committed(long commit, StoreChanges changes) {
    log.committed(commit, changes);
  }

  /** Forgets writes that the engine has. */
  void applied(long commit) {
    log.applied(commit);
    if (log.isEmpty()) {
      clear();
    }
  }

  /** Shows the last write of each key that the engine does not have, and forgets all. */
  void moveTo(Visitor visitor) {
    long applied = owner.appliedCommit();
    long[] found = slots;
    for (int i = 0; i < found.length; i += 2) {
      long place = found[i + 1];
      if (found[i] != 0 && log.has(place) && isAhead(place, applied)) {
        visitor.write(log.engineKey(place), log.stored(place), log.commit(place));
      }
    }
    clear();
  }

  /** Forgets everything. */
  void clear() {
    log.clear();
    cache.charge(-8L * slots.length);
    slots = NO_SLOTS;
    usedSlots = 0;
  }
}
