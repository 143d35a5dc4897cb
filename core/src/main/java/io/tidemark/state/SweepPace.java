package io.tidemark.state;

/**
 * Sees to it that all sweeps of a worker together take no more than a part of its time, and that
 * each has its turn. Confined to the worker.
 *
 * <p>Sweeps ask in rows, one after another before each commit. One that has had its turn is refused
 * until it has asked again without any other having begun in between: then all have had theirs, and
 * a new round begins.
 */
public final class SweepPace {
  /** How much of the worker's time sweeps may take: one part of so many. */
  private static final int SHARE_OF_TIME = 50;

  private long round = 1;
  private long turns;
  private long restUntilNanos = System.nanoTime();

  /** A sweep's place in the rounds. */
  static final class Place {
    private long round;
    private long refusedAtTurn = -1;
  }

  /** Whether it is a sweep's turn. */
  boolean isTurnOf(Place place, long nowNanos) {
    if (nowNanos - restUntilNanos < 0) {
      return false;
    }
    if (place.round == round && place.refusedAtTurn == turns) {
      round++;
    }
    place.refusedAtTurn = turns;
    return place.round < round;
  }

  /** A sweep's turn is over. */
  void ended(Place place, long startedNanos, long nowNanos) {
    place.round = round;
    turns++;
    restUntilNanos = nowNanos + SHARE_OF_TIME * (nowNanos - startedNanos);
  }
}
