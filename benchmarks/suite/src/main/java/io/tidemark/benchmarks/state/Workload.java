package io.tidemark.benchmarks.state;

import io.tidemark.state.Change;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Entries as a counting or joining task has them: keys of 16 bytes that begin with a slot of two,
 * evenly spread over 128 slots, and values of 100 bytes, half of it words that recur, half random.
 * Even numbers are keys that occur, odd ones are absent.
 */
final class Workload {
  static final int VALUE_BYTES = 100;
  private static final int SLOTS = 128;
  private static final int WORD = 10;

  private final byte[] text = new byte[1 << 20];

  Workload() {
    Random random = new Random(1);
    byte[][] words = new byte[64][WORD];
    Arrays.stream(words).forEach(random::nextBytes);
    random.nextBytes(text);
    for (int at = 0; at + WORD <= text.length; at += 2 * WORD) {
      System.arraycopy(words[random.nextInt(words.length)], 0, text, at, WORD);
    }
  }

  /** The key of a number: its slot, then 14 bytes that have nothing to do with its neighbours'. */
  static byte[] key(long number) {
    long mixed = number * 0x9e3779b97f4a7c15L;
    return ByteBuffer.allocate(16)
        .putShort((short) ((mixed >>> 40) % SLOTS))
        .putLong(Long.reverse(mixed) ^ mixed)
        .putInt((int) number)
        .putShort((short) 0)
        .array();
  }

  byte[] value(SplittableRandom random) {
    int at = random.nextInt(text.length - VALUE_BYTES);
    return Arrays.copyOfRange(text, at, at + VALUE_BYTES);
  }

  /** Changes of so many keys below a number, each key once, in the order that engines want. */
  List<Change> changes(SplittableRandom random, int count, int keys) {
    List<Change> drawn = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      drawn.add(new Change(0, key(2 * random.nextLong(keys)), value(random)));
    }
    drawn.sort((one, other) -> Arrays.compareUnsigned(one.key(), other.key()));
    List<Change> changes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      if (i + 1 == count || !Arrays.equals(drawn.get(i).key(), drawn.get(i + 1).key())) {
        changes.add(drawn.get(i));
      }
    }
    return changes;
  }
}
