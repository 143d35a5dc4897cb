package io.tidemark.examples.traffic;

/**
 * Random numbers that a seed decides, the same on every machine and Java version, which the JDK's
 * generators do not promise for anything but plain longs. Confined to one thread.
 *
 * <p>The sequence is SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
 * generators", 2014).
 */
final class SeededRandom {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  SeededRandom(long seed) {
    this.state = seed;
  }

  long nextLong() {
    state += GOLDEN_GAMMA;
    long mixed = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  /** A number from 0 (included) to a limit (excluded), each as likely but for one in billions. */
  int below(int limit) {
    return (int) (((nextLong() >>> 32) * limit) >>> 32);
  }

  /** A number from 0 (included) to 1 (excluded). */
  double unit() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** True once in so many times, on average. */
  boolean oneIn(int times) {
    return below(times) == 0;
  }

  <T> T oneOf(T[] choices) {
    return choices[below(choices.length)];
  }

  /** A normally distributed number with mean 0 and deviation 1 (Marsaglia's polar method). */
  double gaussian() {
    while (true) {
      double x = 2 * unit() - 1;
      double y = 2 * unit() - 1;
      double square = x * x + y * y;
      if (square > 0 && square < 1) {
        return x * StrictMath.sqrt(-2 * StrictMath.log(square) / square);
      }
    }
  }

  /** A log-normally distributed size: half of them are below the median. */
  int logNormal(int median, double deviation) {
    return (int) Math.min(1 << 30, median * StrictMath.exp(deviation * gaussian()));
  }

  /**
   * A rank from 0 to {@code count - 1}, low ranks far more often than high ones, close to Zipf's
   * law with exponent 0.9: rank {@code r} comes about {@code (r + 1)^0.9} times as seldom as rank
   * 0. Takes neither a table nor a loop, as it inverts the distribution's continuous counterpart.
   */
  int zipf(int count) {
    double largest = StrictMath.pow(count + 1.0, 0.1);
    double rank = StrictMath.pow(1 + unit() * (largest - 1), 10);
    return Math.min(count - 1, (int) rank - 1);
  }
}
