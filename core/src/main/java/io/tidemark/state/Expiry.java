package io.tidemark.state;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * When entries of a store expire, and how the space of those that did is given back. Reads do not
 * depend on the latter. Confined to the task's worker.
 *
 * <p>The engine's entries are looked at from one end to the other, a little before each commit;
 * those whose time is over are removed by that commit, as any other entry would be. A pass that
 * found none that will ever expire, and none on its way to the engine, is the last until one is
 * written.
 */
final class Expiry {
  /** How much of the worker's time the search may take. */
  private static final int SHARE_OF_TIME = 50;

  private static final int MOST_REMOVED = 2_000;
  private static final int BETWEEN_LOOKS = 64;
  private static final byte[] BEGINNING = {};

  private final long ttlMs;
  private final byte[] header = new byte[1 + Long.BYTES];
  private boolean wanted = true;
  private boolean found;
  private boolean written;
  private long latestCommit;
  private byte[] from = BEGINNING;
  private long restUntilNanos = System.nanoTime();

  /**
   * @param ttlMs how long entries live; 0 for ever
   */
  Expiry(long ttlMs) {
    this.ttlMs = ttlMs;
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
    wanted = true;
    written = true;
    return milliseconds > StoredValue.NEVER - now ? StoredValue.NEVER : now + milliseconds;
  }

  /** Notes that what was written until now is in a commit. */
  void committed(long commit) {
    if (written) {
      latestCommit = commit;
      written = false;
    }
  }

  /** Looks on for a while. */
  void sweep(TaskStore<?, ?> store) {
    long started = System.nanoTime();
    if (!wanted || started - restUntilNanos < 0) {
      return;
    }
    found |= written || latestCommit > store.appliedCommit(); // the engine does not have it yet
    long now = store.now();
    int removed = 0;
    try (EngineIterator entries = store.scanFrom(from)) {
      int looked = 0;
      while (entries.valid() && removed < MOST_REMOVED && !isOver(started, looked++)) {
        int length = entries.valueStart(header);
        if (length > 0 && header[0] < 0) {
          found = true;
          if (StoredValue.expires(header) <= now) {
            store.removeExpired(entries.key());
            removed++;
          }
        }
        entries.next();
      }
      if (entries.valid()) {
        from = entries.key();
      } else {
        from = BEGINNING;
        wanted = found;
        found = false;
      }
    }
    restUntilNanos = System.nanoTime() + SHARE_OF_TIME * (System.nanoTime() - started);
  }

  private static boolean isOver(long started, int looked) {
    return looked % BETWEEN_LOOKS == BETWEEN_LOOKS - 1
        && System.nanoTime() - started > TimeUnit.MILLISECONDS.toNanos(1);
  }
}
