package io.tidemark.runtime;

import java.util.concurrent.atomic.AtomicLongArray;

/** What a worker has done so far. Written by the worker once per step; any thread may read. */
public final class WorkerCounters {
  private final AtomicLongArray values = new AtomicLongArray(Counter.values().length);

  /** What is counted. */
  public enum Counter {
    /** Input records processed, those passed over included. */
    RECORDS_IN,
    /** Output records sent. */
    RECORDS_OUT,
    /** Commits that are confirmed. */
    COMMITS,
    /** Records passed over after an error. */
    SKIPPED,
    /** Records sent to a dead-letter stream. */
    DEAD_LETTERS,
    /** Records passed over because they belong to an abandoned timeline. */
    VOID,
    /** Input records known to wait; the latest figure. */
    LAG
  }

  /** The value of a counter. */
  public long get(Counter counter) {
    return values.get(counter.ordinal());
  }

  void set(Counter counter, long value) {
    values.setRelease(counter.ordinal(), value);
  }

  void add(Counter counter, long more) {
    if (more != 0) {
      set(counter, values.getPlain(counter.ordinal()) + more);
    }
  }
}
