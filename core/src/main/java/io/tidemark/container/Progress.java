package io.tidemark.container;

/**
 * What a job has done since it was started here.
 *
 * @param recordsIn input records processed
 * @param recordsOut records sent
 * @param commits commits confirmed
 * @param skipped input records passed over after an error
 * @param deadLetters input records sent to a dead-letter stream
 * @param lag input records known to wait
 * @param restarts how often the container was started again after a failure
 */
public record Progress(
    long recordsIn,
    long recordsOut,
    long commits,
    long skipped,
    long deadLetters,
    long lag,
    int restarts) {

  /** Nothing done. */
  public static final Progress NONE = new Progress(0, 0, 0, 0, 0, 0, 0);

  /** The same of something that has ended: what it knew to wait is for its successor to tell. */
  Progress withoutLag() {
    return new Progress(recordsIn, recordsOut, commits, skipped, deadLetters, 0, restarts);
  }

  /** The sum with another's; lags add up too. */
  public Progress plus(Progress other) {
    return new Progress(
        recordsIn + other.recordsIn,
        recordsOut + other.recordsOut,
        commits + other.commits,
        skipped + other.skipped,
        deadLetters + other.deadLetters,
        lag + other.lag,
        restarts + other.restarts);
  }
}
