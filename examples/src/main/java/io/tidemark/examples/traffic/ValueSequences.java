package io.tidemark.examples.traffic;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Remembers for each key which values came in which order, at eight bytes per value: only their
 * fingerprints are kept. Two values with one fingerprint are as unlikely as 64 bits make it.
 * Confined to one thread.
 */
final class ValueSequences {
  private final Map<String, Sequence> sequences = new HashMap<>();

  private static final class Sequence {
    private long[] fingerprints = new long[4];
    private int size;
  }

  void add(String key, String value) {
    Sequence sequence = sequences.computeIfAbsent(key, added -> new Sequence());
    if (sequence.size == sequence.fingerprints.length) {
      sequence.fingerprints = Arrays.copyOf(sequence.fingerprints, sequence.size * 3 / 2);
    }
    sequence.fingerprints[sequence.size++] = fingerprint(value);
  }

  Set<String> keys() {
    return sequences.keySet();
  }

  int size(String key) {
    Sequence sequence = sequences.get(key);
    return sequence == null ? 0 : sequence.size;
  }

  /** Whether a key's value at an index, counted from 0, is this one. */
  boolean holds(String key, int index, String value) {
    Sequence sequence = sequences.get(key);
    return sequence != null
        && index >= 0
        && index < sequence.size
        && sequence.fingerprints[index] == fingerprint(value);
  }

  private static long fingerprint(String value) {
    long hash = value.length();
    for (int i = 0; i < value.length(); i++) {
      hash = (hash ^ value.charAt(i)) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 29;
    }
    return hash;
  }
}
