package io.tidemark.benchmarks.state;

import java.util.SplittableRandom;

/** Draws keys from 0 to a number. Confined to one thread. */
final class Keys {
  private static final double SKEW = 0.99;

  private final SplittableRandom random;
  private final long count;
  private final boolean zipf;
  private final double zeta;
  private final double eta;

  /**
   * @param zipf whether few keys are drawn often, by Zipf's law with exponent 0.99, rather than all
   *     alike
   */
  Keys(long seed, long count, boolean zipf) {
    this.random = new SplittableRandom(seed);
    this.count = count;
    this.zipf = zipf;
    this.zeta = zipf ? zeta(count) : 0;
    this.eta = zipf ? (1 - Math.pow(2.0 / count, 1 - SKEW)) / (1 - zeta(2) / zeta) : 0;
  }

  private static double zeta(long count) {
    double sum = 0;
    for (long i = 1; i <= count; i++) {
      sum += 1 / Math.pow(i, SKEW);
    }
    return sum;
  }

  long next() {
    return zipf ? scatter(rank()) : random.nextLong(count);
  }

  /** The rank of a key, 0 for the most frequent, as Gray et al. (1994) draw it. */
  private long rank() {
    double u = random.nextDouble();
    double uz = u * zeta;
    if (uz < 1) {
      return 0;
    } else if (uz < 1 + Math.pow(0.5, SKEW)) {
      return 1;
    }
    return Math.min(count - 1, (long) (count * Math.pow(eta * u - eta + 1, 1 / (1 - SKEW))));
  }

  /** Frequent keys are not neighbours. */
  private long scatter(long rank) {
    long mixed = (rank + 1) * 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ (mixed >>> 32)) * 0xbf58476d1ce4e5b9L;
    return (mixed >>> 1) % count;
  }
}
