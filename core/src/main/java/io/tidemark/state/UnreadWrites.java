package io.tidemark.state;

import io.tidemark.journal.BlockBuilder;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes of one store to keys that nobody has read lately: in the form in which the next block and
 * the engine take them, without an object for each. A key that is read becomes an entry of the
 * cache; until then its last write is found here, as long as the engine has not applied it.
 *
 * <p>The bytes stand one after another in chunks: the key's length, that of the stored value (-1
 * for a deletion), the commit (0 before it), the key, the value. A write that is no longer meant
 * has a negative length of its key. A hash table with open addressing and linear probing finds the
 * last write of a key: two numbers a slot, the hash and the place, that is the chunk's number and
 * the offset. A place in a chunk that is gone counts as free, but searches go past it.
 *
 * <p>Invariant: a key of a write that is in no block yet has no entry in the cache. Confined to the
 * task's worker.
 */
final class UnreadWrites {
  /** The place of what is not there. */
  static final long NOWHERE = -1;

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int KEY_LENGTH = 0;
  private static final int VALUE_LENGTH = 4;
  private static final int COMMIT = 8;
  private static final int HEADER = 16;

  private static final int MIN_CHUNK = 1 << 8;
  private static final int MAX_CHUNK = 128 << 10;
  private static final int MIN_SLOTS = 8;
  private static final long[] NO_SLOTS = new long[0];

  private final ObjectCache.Owner owner;
  private final ObjectCache cache;
  private final List<Chunk> chunks = new ArrayList<>();

  /** The number of the first chunk that is there. */
  private int firstChunk;

  private long[] slots = NO_SLOTS;
  private int usedSlots;
  private int uncommitted;

  /** Where the writes begin that are in no block yet. */
  private int openChunk;

  private int openOffset;

  /** What the cache was told that all this takes. */
  private long charged;

  /** Some writes in a row. */
  private static final class Chunk {
    final byte[] bytes;
    int used;

    /** How many writes there are, those included that are no longer meant. */
    int writes;

    /** The commit of the last write; 0 before any. */
    long commit;

    Chunk(int capacity) {
      bytes = new byte[capacity];
    }
  }

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
  }

  boolean isEmpty() {
    return chunks.isEmpty();
  }

  /** How many writes are in no block yet. */
  int uncommitted() {
    return uncommitted;
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
    if (chunks.isEmpty()) {
      return NOWHERE;
    }
    int hash = hash(cacheKey);
    int mask = slots.length / 2 - 1;
    for (int slot = hash & mask; slots[2 * slot] != 0; slot = (slot + 1) & mask) {
      if (slots[2 * slot] == hash && isOf(slots[2 * slot + 1], engineKey)) {
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
    if (!chunks.isEmpty()) {
      int mask = slots.length / 2 - 1;
      for (int i = 0; i < count; i++) {
        Object cacheKey = cacheKeys[i];
        read += cacheKey == null ? 0 : (int) slots[2 * (hash(cacheKey) & mask)];
      }
    }
    return read;
  }

  private boolean isAhead(long place, long applied) {
    long commit = commit(place);
    return commit == 0 || commit > applied;
  }

  /** Whether a write that was found is in no block yet. */
  boolean isUncommitted(long place) {
    return commit(place) == 0;
  }

  /** The commit of a write that was found; 0 if it is in no block yet. */
  long commit(long place) {
    return (long) LONGS.get(chunk(place).bytes, offset(place) + COMMIT);
  }

  /** The stored value of a write that was found; null for a deletion. */
  byte @Nullable [] stored(long place) {
    byte[] bytes = chunk(place).bytes;
    int offset = offset(place);
    int length = (int) INTS.get(bytes, offset + VALUE_LENGTH);
    int from = offset + HEADER + (int) INTS.get(bytes, offset + KEY_LENGTH);
    return length < 0 ? null : Arrays.copyOfRange(bytes, from, from + length);
  }

  private boolean isOf(long place, byte[] engineKey) {
    if (chunkNumber(place) - firstChunk < 0) {
      return false;
    }
    byte[] bytes = chunk(place).bytes;
    int offset = offset(place);
    int from = offset + HEADER;
    return (int) INTS.get(bytes, offset + KEY_LENGTH) == engineKey.length
        && Arrays.equals(bytes, from, from + engineKey.length, engineKey, 0, engineKey.length);
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
    int valueLength = payload == null ? -1 : Math.addExact(header.length, payload.length);
    int needed = Math.addExact(HEADER + engineKey.length, Math.max(0, valueLength));
    Chunk chunk = chunkFor(needed);
    int offset = chunk.used;
    byte[] bytes = chunk.bytes;
    INTS.set(bytes, offset + KEY_LENGTH, engineKey.length);
    INTS.set(bytes, offset + VALUE_LENGTH, valueLength);
    LONGS.set(bytes, offset + COMMIT, 0L);
    int at = offset + HEADER;
    System.arraycopy(engineKey, 0, bytes, at, engineKey.length);
    at += engineKey.length;
    if (payload != null) {
      System.arraycopy(header, 0, bytes, at, header.length);
      System.arraycopy(payload, 0, bytes, at + header.length, payload.length);
    }
    chunk.used += needed;
    chunk.writes++;
    uncommitted++;
    index(cacheKey, engineKey, place(firstChunk + chunks.size() - 1, offset));
  }

  /** Takes back a write that is in no block yet. */
  void remove(long place) {
    Chunk chunk = chunk(place);
    int length = (int) INTS.get(chunk.bytes, offset(place) + KEY_LENGTH);
    INTS.set(chunk.bytes, offset(place) + KEY_LENGTH, -length);
    uncommitted--;
  }

  private Chunk chunkFor(int needed) {
    Chunk last = chunks.isEmpty() ? null : chunks.get(chunks.size() - 1);
    if (last != null && last.bytes.length - last.used >= needed) {
      return last;
    }
    int wanted = last == null ? MIN_CHUNK : Math.min(MAX_CHUNK, 2 * last.bytes.length);
    Chunk chunk = new Chunk(Math.max(needed, wanted));
    chunks.add(chunk);
    charge(chunk.bytes.length);
    return chunk;
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
      if (slots[2 * slot] == hash && isOf(there, engineKey)) {
        slots[2 * slot + 1] = place;
        return;
      }
      if (free < 0 && chunkNumber(there) - firstChunk < 0) {
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
    int writes = 1;
    for (Chunk chunk : chunks) {
      writes += chunk.writes;
    }
    int capacity = Math.max(MIN_SLOTS, Integer.highestOneBit(writes) * 4);
    long[] before = slots;
    slots = new long[2 * capacity];
    charge(8L * (slots.length - before.length));
    usedSlots = 0;
    int mask = capacity - 1;
    for (int i = 0; i < before.length; i += 2) {
      if (before[i] != 0 && chunkNumber(before[i + 1]) - firstChunk >= 0) {
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

  // ---- commits

  /** Adds all writes that are in no block yet to one, and makes them part of that commit. */
  void writeTo(BlockBuilder block, long commit) {
    for (int i = openChunk - firstChunk; i < chunks.size(); i++) {
      Chunk chunk = chunks.get(i);
      byte[] bytes = chunk.bytes;
      int offset = openOffset;
      openOffset = 0;
      while (offset < chunk.used) {
        int keyLength = (int) INTS.get(bytes, offset + KEY_LENGTH);
        int valueLength = (int) INTS.get(bytes, offset + VALUE_LENGTH);
        if (keyLength >= 0) {
          block.change(bytes, offset + HEADER, keyLength, valueLength);
          LONGS.set(bytes, offset + COMMIT, commit);
          chunk.commit = commit;
        }
        offset += HEADER + Math.abs(keyLength) + Math.max(0, valueLength);
      }
    }
    uncommitted = 0;
    openChunk = firstChunk + Math.max(0, chunks.size() - 1);
    openOffset = chunks.isEmpty() ? 0 : chunks.get(chunks.size() - 1).used;
  }

  /** Forgets writes that the engine has, as far as whole chunks have become of no use. */
  void applied(long commit) {
    int gone = 0;
    while (gone < openChunk - firstChunk && chunks.get(gone).commit <= commit) {
      charge(-chunks.get(gone).bytes.length);
      gone++;
    }
    boolean isLast = gone == chunks.size() - 1;
    if (isLast && openOffset == chunks.get(gone).used && chunks.get(gone).commit <= commit) {
      clear();
    } else {
      chunks.subList(0, gone).clear();
      firstChunk += gone;
    }
  }

  /** Shows the last write of each key that the engine does not have, and forgets all. */
  void moveTo(Visitor visitor) {
    long applied = owner.appliedCommit();
    long[] found = slots;
    for (int i = 0; i < found.length; i += 2) {
      long place = found[i + 1];
      if (found[i] != 0 && chunkNumber(place) - firstChunk >= 0) {
        Chunk chunk = chunk(place);
        int keyLength = (int) INTS.get(chunk.bytes, offset(place) + KEY_LENGTH);
        if (keyLength >= 0 && isAhead(place, applied)) {
          int from = offset(place) + HEADER;
          byte[] engineKey = Arrays.copyOfRange(chunk.bytes, from, from + keyLength);
          visitor.write(engineKey, stored(place), commit(place));
        }
      }
    }
    clear();
  }

  /** Forgets everything. */
  void clear() {
    firstChunk += chunks.size();
    chunks.clear();
    slots = NO_SLOTS;
    usedSlots = 0;
    uncommitted = 0;
    openChunk = firstChunk;
    openOffset = 0;
    charge(-charged);
  }

  private void charge(long more) {
    charged += more;
    cache.charge(more);
  }

  private Chunk chunk(long place) {
    return chunks.get(chunkNumber(place) - firstChunk);
  }

  private static int chunkNumber(long place) {
    return (int) (place >>> 32);
  }

  private static int offset(long place) {
    return (int) place;
  }

  private static long place(int chunk, int offset) {
    return (long) chunk << 32 | offset;
  }

  /** Never 0. */
  private static int hash(Object cacheKey) {
    int hash = cacheKey.hashCode() * 0x9e3779b9;
    hash ^= hash >>> 15;
    return hash == 0 ? 1 : hash;
  }
}
