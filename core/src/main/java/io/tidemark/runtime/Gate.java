package io.tidemark.runtime;

import io.tidemark.checkpoint.Timeline;
import io.tidemark.runtime.WorkerCounters.Counter;
import io.tidemark.system.RecordBatch;

/**
 * Decides what becomes of a record of an intermediate stream before a task processes it, so that
 * cuts of the same number are a consistent cut of the job (Lai and Yang, 1987). Confined to the
 * worker.
 *
 * <p>A record that its sender sent after a cut is processed after the receiver's own cut of that
 * number. What was sent on a timeline that was abandoned, after the cut that the next one began
 * from, is void. A record without a stamp is somebody else's and counts.
 */
final class Gate {
  private final Timeline timeline;
  private final Stamp stamp;
  private final WorkerCounters counters;
  private long awaited;

  /** What becomes of a record. */
  enum Verdict {
    /** It is processed. */
    COUNTS,
    /** It is passed over. */
    VOID,
    /** The task has to make a cut before. */
    CUT_FIRST
  }

  Gate(Timeline timeline, Stamp stamp, WorkerCounters counters) {
    this.timeline = timeline;
    this.stamp = stamp;
    this.counters = counters;
  }

  Verdict look(InputSpec input, RecordBatch batch, int index) {
    if (!input.intermediate()) {
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
  void passedOver() {
    counters.add(Counter.VOID, 1);
  }

  /** The cut that has to be made before the next record; 0 if none has. */
  long awaited() {
    return awaited > stamp.cut() ? awaited : 0;
  }
}
