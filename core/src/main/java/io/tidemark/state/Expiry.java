package io.tidemark.state;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** When the entries of a store expire that are written. Confined to the task's worker. */
final class Expiry {
  private final long ttlMs;
  private final Sweep sweep;

  /**
   * @param ttlMs how long entries live; 0 for ever
   * @param sweep gives back the space of those that expire
   */
  Expiry(long ttlMs, Sweep sweep) {
    this.ttlMs = ttlMs;
    this.sweep = sweep;
  }

  /** When an entry expires that is written now. */
  long ofWrite(TaskState state) {
    return ttlMs == 0 ? StoredValue.NEVER : after(state.now(), ttlMs);
  }

  /** When an entry expires that is written now for a time, which is positive. */
  long ofWrite(TaskState state, Duration timeToLive) {
    long milliseconds =
        timeToLive.compareTo(Duration.ofDays(1_000_000)) > 0
            ? StoredValue.NEVER
            : TimeUnit.NANOSECONDS.toMillis(timeToLive.plusNanos(999_999).toNanosPart())
                + timeToLive.plusNanos(999_999).toSeconds() * 1000;
    return after(state.now(), milliseconds);
  }

  private long after(long now, long milliseconds) {
    sweep.want();
    return milliseconds > StoredValue.NEVER - now ? StoredValue.NEVER : now + milliseconds;
  }
}
