package io.tidemark.benchmarks.bench;

import io.tidemark.benchmarks.contender.Message;
import java.util.Arrays;

/** Draws keys by Zipf's law: the sums of all weights, and a search for what a draw falls on. */
final class ZipfKeys implements KeySequence {
  private static final double EXPONENT = 0.99;

  /** For each rank the sum of the weights up to it, of all weights. */
  private final double[] cumulated;

  private final long seed;

  ZipfKeys(int keys, long seed) {
    this.seed = Message.mix(seed);
    cumulated = new double[keys];
    double sum = 0;
    for (int rank = 0; rank < keys; rank++) {
      sum += Math.pow(rank + 1.0, -EXPONENT);
      cumulated[rank] = sum;
    }
    for (int rank = 0; rank < keys; rank++) {
      cumulated[rank] /= sum;
    }
  }

  @Override
  public long key(long number) {
    double drawn = (Message.mix(number ^ seed) >>> 11) * 0x1.0p-53;
    int found = Arrays.binarySearch(cumulated, drawn);
    int rank = Math.min(found < 0 ? -found - 1 : found, cumulated.length - 1);
    // Two ranks may come to the same key, which only makes it more frequent.
    return Long.remainderUnsigned(Message.mix(rank ^ seed), cumulated.length);
  }

  @Override
  public int keys() {
    return cumulated.length;
  }
}
