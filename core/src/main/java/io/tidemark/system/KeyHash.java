package io.tidemark.system;

/**
 * Murmur2 over a key's bytes, as Kafka's default partitioner computes it (Austin Appleby's
 * MurmurHash2, 32 bits, seed 0x9747b28c). Partitions and slots follow from it, so it never changes.
 */
public final class KeyHash {
  private static final int SEED = 0x9747b28c;
  private static final int M = 0x5bd1e995;

  private KeyHash() {}

  /** The hash, made non-negative by clearing the sign bit. */
  public static int of(byte[] key) {
    return of(key, 0, key.length);
  }

  /** The hash of {@code length} bytes from {@code from}. */
  public static int of(byte[] key, int from, int length) {
    int hash = SEED ^ length;
    int wordsEnd = from + (length & ~3);
    for (int i = from; i < wordsEnd; i += 4) {
      int k =
          (key[i] & 0xff)
              | (key[i + 1] & 0xff) << 8
              | (key[i + 2] & 0xff) << 16
              | (key[i + 3] & 0xff) << 24;
      k *= M;
      k ^= k >>> 24;
      hash = hash * M ^ k * M;
    }
    int rest = length & 3;
    if (rest > 0) {
      for (int i = rest - 1; i >= 0; i--) {
        hash ^= (key[wordsEnd + i] & 0xff) << (8 * i);
      }
      hash *= M;
    }
    hash ^= hash >>> 13;
    hash *= M;
    hash ^= hash >>> 15;
    return hash & 0x7fffffff;
  }

  /** The partition of a key in a stream of {@code partitions} partitions. */
  public static int partition(byte[] key, int partitions) {
    return of(key) % partitions;
  }
}
