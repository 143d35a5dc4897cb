package io.tidemark.benchmarks.raw;

import io.tidemark.benchmarks.contender.Message;

/** Counts by key, in one open table that grows. One thread. */
final class LongCounts {
  private long[] keys = new long[1 << 16];
  private long[] counts = new long[1 << 16];
  private int size;

  /** Counts a key once more, and returns how often that was by now. */
  long add(long key) {
    int slot = slot(key);
    if (counts[slot] == 0) {
      if (++size > keys.length / 2) {
        grow();
        slot = slot(key);
      }
      keys[slot] = key;
    }
    return ++counts[slot];
  }

  private int slot(long key) {
    int slot = (int) Message.mix(key) & (keys.length - 1);
    while (counts[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldCounts = counts;
    keys = new long[oldKeys.length * 2];
    counts = new long[oldCounts.length * 2];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldCounts[i] != 0) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        counts[slot] = oldCounts[i];
      }
    }
  }
}
