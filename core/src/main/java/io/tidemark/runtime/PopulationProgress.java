package io.tidemark.runtime;

import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says every few seconds how far stores are populated, and when they are. For one thread. */
final class PopulationProgress {
  private static final Logger LOG = LoggerFactory.getLogger(PopulationProgress.class);
  private static final long REPORT_MS = 5_000;

  private final String who;
  private final LongSupplier ticker;
  private final long startedMs;
  private long reportedMs;
  private long records;

  /**
   * @param who whose stores they are, for messages
   * @param ticker milliseconds that never go back
   */
  PopulationProgress(String who, LongSupplier ticker) {
    this.who = who;
    this.ticker = ticker;
    this.startedMs = ticker.getAsLong();
    this.reportedMs = startedMs;
  }

  /** For how long it has gone on. */
  long elapsedMs() {
    return ticker.getAsLong() - startedMs;
  }

  void add(long more) {
    records += more;
  }

  long records() {
    return records;
  }

  /** Whether it is time to {@link #report}. */
  boolean isDue() {
    return ticker.getAsLong() - reportedMs >= REPORT_MS;
  }

  /**
   * @param what the stores that are not populated yet
   * @param remaining how many records are known to wait
   */
  void report(Object what, long remaining) {
    reportedMs = ticker.getAsLong();
    LOG.info("{}: populating {}: {}", who, what, state(remaining));
  }

  /** How far it is. */
  String state(long remaining) {
    long perSecond = records * 1000 / Math.max(1, elapsedMs());
    long total = records + remaining;
    return String.format(
        "%d of about %d records (%d %%), %d/s, %s",
        records,
        total,
        total == 0 ? 100 : 100 * records / total,
        perSecond,
        perSecond == 0 ? "no end in sight" : "about " + remaining / perSecond + " s left");
  }

  /** All is there. */
  void finished(Object what) {
    LOG.info("{}: populated {} with {} records in {} ms", who, what, records, elapsedMs());
  }
}
