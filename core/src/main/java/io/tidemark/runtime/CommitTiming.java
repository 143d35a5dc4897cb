package io.tidemark.runtime;

import java.util.function.LongSupplier;

/**
 * When a worker commits: at its interval, when enough was written or changed, for a cut, and when
 * somebody asks. What comes now and then need not wait for so long: the longer there was nothing,
 * the sooner its commit begins, and at once if that was half of an interval. So where much comes
 * there is a commit in an interval, and because of time there are never more than two. Confined to
 * the worker.
 */
final class CommitTiming {
  private final WorkerSpec.Pace pace;
  private final Requests requests;
  private final LongSupplier ticker;
  private long lastMs;
  private long requestsSeen;
  private boolean requested;
  private long changedBytes;
  private long cut;
  private boolean cutDue;
  private long quietSinceMs;
  private long waitingSinceMs;
  private boolean isWaiting;

  /**
   * @param requests what tasks ask of the whole container
   * @param ticker milliseconds that never go back
   */
  CommitTiming(WorkerSpec.Pace pace, Requests requests, LongSupplier ticker) {
    this.pace = pace;
    this.requests = requests;
    this.ticker = ticker;
    this.lastMs = ticker.getAsLong();
    this.quietSinceMs = lastMs;
  }

  /** A commit begins, or the worker: the interval begins anew, and what was asked for is done. */
  void restart() {
    lastMs = ticker.getAsLong();
    if (isWaiting) {
      quietSinceMs = lastMs;
      isWaiting = false;
    }
    requestsSeen = requests.commits();
    requested = false;
    changedBytes = 0;
    cutDue = false;
  }

  /** Asks for a commit as soon as one can begin. */
  void request() {
    requested = true;
  }

  /** State was changed by so many bytes. */
  void changed(long bytes) {
    changedBytes += bytes;
  }

  /** The newest cut that is known; 0 if none is. */
  long cut() {
    return cut;
  }

  /** A cut was announced, or a record of it was met; tasks make it with the next commit. */
  void learnOfCut(long announced) {
    if (announced > cut) {
      cut = announced;
      cutDue = true;
    }
  }

  /** There are tasks that may not have made the newest cut, and can now. */
  void cutAgain() {
    cutDue = cut > 0;
  }

  /**
   * Whether a commit is to begin.
   *
   * @param writtenBytes how much was sent since the last began
   * @param isCacheOverfull whether much waits in memory for a commit to become evictable
   * @param isUnderWay whether one goes on: then no other is begun only because it is time
   */
  boolean isDue(long writtenBytes, boolean isCacheOverfull, boolean isUnderWay) {
    long waitingBytes = writtenBytes + changedBytes;
    if (waitingBytes > 0 && !isWaiting) {
      isWaiting = true;
      waitingSinceMs = ticker.getAsLong();
    }
    if (requested
        || cutDue
        || requestsSeen != requests.commits()
        || waitingBytes >= pace.commitMaxBytes()) {
      return true;
    }
    return !isUnderWay && (isCacheOverfull || untilDueMs() <= 0);
  }

  /** How long it is until one is due because of time; negative if it is. */
  long untilDueMs() {
    long dueMs = lastMs + pace.commitMs();
    if (isWaiting && pace.prompt()) {
      long quietMs = waitingSinceMs - quietSinceMs;
      dueMs = Math.min(dueMs, waitingSinceMs + pace.commitMs() - 2 * quietMs);
    }
    return dueMs - ticker.getAsLong();
  }
}
