package io.tidemark.systems.kafka;

import java.time.Duration;

/** Pauses between attempts that grow from 2 to 100 ms, until a deadline. Confined to one thread. */
final class Pause {
  private static final long LONGEST_MS = 100;

  private final long deadline;
  private long nextMs = 2;

  Pause(Duration limit) {
    this.deadline = System.nanoTime() + limit.toNanos();
  }

  /** Sleeps; false at once if the deadline has passed or the thread is interrupted. */
  boolean next() {
    if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
      return false;
    }
    try {
      Thread.sleep(nextMs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    nextMs = Math.min(2 * nextMs, LONGEST_MS);
    return true;
  }
}
