package io.tidemark.benchmarks.bench;

import java.util.Map;
import java.util.TreeMap;

/** How many records came in each millisecond. One thread. */
final class Arrivals {
  private final TreeMap<Long, Integer> counts = new TreeMap<>();
  private long total;

  void add(long millis) {
    counts.merge(millis, 1, Integer::sum);
    total++;
  }

  long total() {
    return total;
  }

  /** When the first one came; there must be one. */
  long first() {
    return counts.firstKey();
  }

  /** When the last one came; there must be one. */
  long last() {
    return counts.lastKey();
  }

  /**
   * Records per second once a part of all has come, which was the time to get warm.
   *
   * @param warm that part, from 0 to 1
   */
  double rate(double warm) {
    long passed = 0;
    for (Map.Entry<Long, Integer> next : counts.entrySet()) {
      passed += next.getValue();
      if (passed >= total * warm) {
        return (total - passed) * 1000.0 / Math.max(1, last() - next.getKey());
      }
    }
    return 0;
  }

  /** The longest time without any, between the first and the last; in milliseconds. */
  long longestGap() {
    long longest = 0;
    long before = first();
    for (long at : counts.keySet()) {
      longest = Math.max(longest, at - before);
      before = at;
    }
    return longest;
  }
}
