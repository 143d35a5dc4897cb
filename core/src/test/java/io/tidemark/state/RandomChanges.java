package io.tidemark.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/**
 * Draws the changes of commits: puts and removals of a limited number of keys, so that later
 * commits meet what earlier ones wrote. The same seed and commit number draw the same changes, in
 * any process.
 *
 * @param seed where the drawing starts
 * @param stores how many stores there are
 * @param keys how many keys a store may have
 * @param valueBytes how long a value may be
 */
public record RandomChanges(long seed, int stores, int keys, int valueBytes) {

  /** The changes of one commit, in the order that engines want. */
  public List<Change> of(long commit, int most) {
    Random random = new Random(seed * 31 + commit);
    List<Change> changes = new ArrayList<>();
    for (int store = 0; store < stores; store++) {
      TreeMap<byte[], byte[]> puts = new TreeMap<>(Arrays::compareUnsigned);
      for (int i = random.nextInt(most + 1); i > 0; i--) {
        puts.put(key(random.nextInt(keys)), value(random));
      }
      for (var put : puts.entrySet()) {
        boolean removes = random.nextInt(4) == 0;
        changes.add(new Change(store, put.getKey(), removes ? null : put.getValue()));
      }
    }
    return changes;
  }

  /** A key by its number: up to 5 bytes long, all byte values, often a prefix of another. */
  public byte[] key(int number) {
    Random random = new Random(seed * 31 - number);
    byte[] key = new byte[random.nextInt(6)];
    for (int i = 0; i < key.length; i++) {
      int kind = random.nextInt(4);
      key[i] = (byte) (kind == 0 ? 0 : kind == 1 ? 0xff : random.nextInt(256));
    }
    return key;
  }

  private byte[] value(Random random) {
    byte[] value = new byte[random.nextInt(valueBytes + 1)];
    random.nextBytes(value);
    return value;
  }
}
