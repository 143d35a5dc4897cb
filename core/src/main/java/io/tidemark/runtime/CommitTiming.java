package io.tidemark.runtime;

import java.util.function.LongSupplier;

/**
 * When a worker commits: at its interval, when enough was written or changed, for a cut, and when
 * somebody asks; and at once where nothing was written or changed in the interval before, so that
 * what comes now and then need not wait. Confined to the worker.
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
  private boolean wasIdle;

  /**
   * @param requests what tasks ask of the whole container
   * @param ticker milliseconds that never go back
   */
  CommitTiming(WorkerSpec.Pace pace, Requests requests, LongSupplier ticker) {
    this.pace = pace;
    this.requests = requests;
    this.ticker = ticker;
    this.lastMs = ticker.getAsLong();
  }

  /**
   * A commit begins, or the worker: the interval begins anew, and what was asked for is done.
   *
   * @param writtenBytes how much was sent since the last began
   */
  void restart(long writtenBytes) {
    wasIdle = writtenBytes + changedBytes == 0 && untilDueMs() <= 0;
    lastMs = ticker.getAsLong();
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
    if (requested
        || cutDue
        || requestsSeen != requests.commits()
        || waitingBytes >= pace.commitMaxBytes()) {
      return true;
    }
    return !isUnderWay && (isCacheOverfull || untilDueMs() <= 0 || (wasIdle && waitingBytes > 0));
  }

  /** How long it is until the interval has passed; negative if it has. */
  long untilDueMs() {
    return lastMs + pace.commitMs() - ticker.getAsLong();
  }
}
