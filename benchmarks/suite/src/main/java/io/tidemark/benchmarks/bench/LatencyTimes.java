package io.tidemark.benchmarks.bench;

import java.util.Arrays;

/** The times of records by their numbers. One thread. */
final class LatencyTimes {
  private final long[] micros;
  private int found;

  /**
   * @param records how many there are
   */
  LatencyTimes(int records) {
    micros = new long[records];
    Arrays.fill(micros, -1);
  }

  /** Takes the time of a record, which must be the first of this number. */
  void add(int number, long nanos) {
    if (number < 0 || number >= micros.length || micros[number] >= 0) {
      throw new InexactException("twice, or never sent, the record " + number);
    }
    micros[number] = Math.max(0, nanos / 1_000);
    found++;
  }

  boolean isComplete() {
    return found == micros.length;
  }

  int found() {
    return found;
  }

  /**
   * The time that such a part of the records from a number on did not exceed, in milliseconds.
   *
   * @param first the number
   */
  double quantile(int first, double part) {
    long[] sorted = Arrays.copyOfRange(micros, first, micros.length);
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(part * sorted.length) - 1)] / 1e3;
  }
}
