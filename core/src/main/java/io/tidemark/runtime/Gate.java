package io.tidemark.runtime;

import io.tidemark.checkpoint.Timeline;
import io.tidemark.runtime.WorkerCounters.Counter;
import io.tidemark.system.RecordBatch;

/**
 * Decides what becomes of a record before a task processes it: whether it is the task's own, and so
 * that cuts of the same number are a consistent cut of the job (Lai and Yang, 1987). Confined to
 * the worker.
 *
 * <p>A record that its sender sent after a cut is processed after the receiver's own cut of that
 * number. What was sent on a timeline that was abandoned, after the cut that the next one began
 * from, is void. A record without a stamp is somebody else's and counts.
 */
final class Gate {
  private final Timeline timeline;
  private final Stamp stamp;
  private final Share share;
  private final WorkerCounters counters;
  private long awaited;

  /** What becomes of a record. */
  enum Verdict {
    /** It is processed. */
    COUNTS,
    /** It is passed over. */
    VOID,
    /** It is passed over here, as it is of another task that reads the partition. */
    OTHERS,
    /** It is passed over, as it was processed before the stage was divided as it is. */
    REPEATED,
    /** The task has to make a cut before. */
    CUT_FIRST
  }

  Gate(Timeline timeline, Stamp stamp, Share share, WorkerCounters counters) {
    this.timeline = timeline;
    this.stamp = stamp;
    this.share = share;
    this.counters = counters;
  }

  Verdict look(Input input, RecordBatch batch, int index) {
    if (!share.has(batch, index)) {
      return Verdict.OTHERS;
    }
    if (input.repeats(batch, index)) {
      return Verdict.REPEATED;
    }
    if (!input.spec().intermediate()) {
      return Verdict.COUNTS;
    }
    Stamp.Reading sent = Stamp.read(batch.headers(index));
    if (sent == null) {
      return Verdict.COUNTS;
    }
    if (!timeline.counts(sent.timeline(), sent.cut())) {
      return Verdict.VOID;
    }
    if (sent.cut() > stamp.cut()) {
      awaited = sent.cut();
      return Verdict.CUT_FIRST;
    }
    return Verdict.COUNTS;
  }

  /** A record was passed over. */
  void passedOver(Verdict verdict) {
    if (verdict == Verdict.VOID) {
      counters.add(Counter.VOID, 1);
    }
  }

  /** The cut that has to be made before the next record; 0 if none has. */
  long awaited() {
    return awaited > stamp.cut() ? awaited : 0;
  }
}
