package io.tidemark.benchmarks.bench;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** When each partition of an output had its first new record. One thread. */
final class FirstRecords {
  private final int partitions;
  private final Map<Integer, Long> times = new HashMap<>();

  /**
   * @param partitions how many there are
   */
  FirstRecords(int partitions) {
    this.partitions = partitions;
  }

  /** Takes a record; only the first of its partition matters. */
  void add(int partition, long millis) {
    times.putIfAbsent(partition, millis);
  }

  /** Whether every partition has had one. */
  boolean isComplete() {
    return times.size() == partitions;
  }

  /** When the first partition had one; there must be one. */
  long ofAny() {
    return Collections.min(times.values());
  }

  /** When the last partition had one; all must have. */
  long ofEvery() {
    if (!isComplete()) {
      throw new IllegalStateException(
          "of " + partitions + " partitions only " + times.size() + " have a new record");
    }
    return Collections.max(times.values());
  }
}
