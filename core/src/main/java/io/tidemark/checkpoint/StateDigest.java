package io.tidemark.checkpoint;

import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineReader;
import io.tidemark.state.Slots;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;

/**
 * Computes the digest of entries, per slot. What was added can be taken away again, so that a
 * digest follows changes without the entries that stay. Confined to one thread.
 *
 * <p>An entry's hash takes in the key's length, the key, the value's length and the value, as words
 * of eight bytes (little-endian, the last one filled up with zeros): each is multiplied by an odd
 * constant and turned, and is then mixed into the state, which is turned and multiplied by another.
 * At the end the bits of the state are mixed with those above them. Both hashes are computed in one
 * pass, with other constants and turns.
 */
public final class StateDigest {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long WORD_1 = 0x9E3779B97F4A7C15L;
  private static final long WORD_2 = 0xD1B54A32D192ED03L;
  private static final long STATE_1 = 0xBF58476D1CE4E5B9L;
  private static final long STATE_2 = 0x94D049BB133111EBL;
  private static final long SEED_1 = 0x243F6A8885A308D3L;
  private static final long SEED_2 = 0x13198A2E03707344L;

  /** By slot: entries, first, second. */
  private final Map<Integer, long[]> slots = new TreeMap<>();

  private long first;
  private long second;

  /** The digest of a store's entries, for each slot that has any. */
  public static Map<Integer, SlotDigest> of(EngineReader reader, int store) {
    StateDigest digest = new StateDigest();
    try (EngineIterator entries = reader.scan(store, new byte[0], null)) {
      for (; entries.valid(); entries.next()) {
        digest.add(entries.key(), entries.value());
      }
    }
    return digest.slots();
  }

  /** Adds an entry, as engines hold it. */
  public void add(byte[] engineKey, byte[] value) {
    count(engineKey, value, 1);
  }

  /** Takes away an entry that was added. */
  public void remove(byte[] engineKey, byte[] value) {
    count(engineKey, value, -1);
  }

  private void count(byte[] engineKey, byte[] value, int sign) {
    first = SEED_1;
    second = SEED_2;
    take(engineKey);
    take(value);
    long[] sums = slots.computeIfAbsent(Slots.slotOf(engineKey), added -> new long[3]);
    sums[0] += sign;
    sums[1] += sign * mixed(first);
    sums[2] += sign * mixed(second);
  }

  private void take(byte[] bytes) {
    word(bytes.length);
    int at = 0;
    for (; at + Long.BYTES <= bytes.length; at += Long.BYTES) {
      word((long) WORD.get(bytes, at));
    }
    if (at < bytes.length) {
      long last = 0;
      for (int shift = 0; at < bytes.length; shift += Byte.SIZE) {
        last |= (bytes[at++] & 0xffL) << shift;
      }
      word(last);
    }
  }

  private void word(long word) {
    first = Long.rotateLeft(first ^ Long.rotateLeft(word * WORD_1, 31), 27) * STATE_1 + WORD_2;
    second = Long.rotateLeft(second ^ Long.rotateLeft(word * WORD_2, 29), 33) * STATE_2 + WORD_1;
  }

  private static long mixed(long state) {
    long mixed = (state ^ (state >>> 30)) * STATE_1;
    mixed = (mixed ^ (mixed >>> 27)) * STATE_2;
    return mixed ^ (mixed >>> 31);
  }

  /** The digests of the slots that have entries. */
  public Map<Integer, SlotDigest> slots() {
    Map<Integer, SlotDigest> digests = new TreeMap<>();
    slots.forEach(
        (slot, sums) -> {
          if (sums[0] != 0 || sums[1] != 0 || sums[2] != 0) {
            digests.put(slot, new SlotDigest(sums[0], sums[1], sums[2]));
          }
        });
    return digests;
  }
}
