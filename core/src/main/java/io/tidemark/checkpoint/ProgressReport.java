package io.tidemark.checkpoint;

import io.tidemark.api.TaskName;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts a restore's bytes, tells its listener, and writes a line to the log now and then. */
final class ProgressReport {
  private static final Logger LOG = LoggerFactory.getLogger(ProgressReport.class);
  private static final long LOG_EVERY_MS = 5_000;
  private static final long NANOS_PER_MS = 1_000_000;

  private final TaskName task;
  private final long total;
  private final LongSupplier nanoClock;
  private final RestoreProgress.Listener listener;
  private final long begun;
  private long bytes;
  private long loggedMs;

  ProgressReport(
      TaskName task, long total, LongSupplier nanoClock, RestoreProgress.Listener listener) {
    this.task = task;
    this.total = total;
    this.nanoClock = nanoClock;
    this.listener = listener;
    this.begun = nanoClock.getAsLong();
  }

  synchronized void add(long more) {
    bytes += more;
    RestoreProgress progress = progress();
    listener.progressed(progress);
    if (progress.elapsedMs() - loggedMs >= LOG_EVERY_MS) {
      loggedMs = progress.elapsedMs();
      LOG.info(
          "Task {}: restored {} of {} MiB in {} s, {} s to go",
          task,
          bytes >> 20,
          total >> 20,
          progress.elapsedMs() / 1000,
          progress.remainingMs() / 1000);
    }
  }

  synchronized RestoreProgress progress() {
    return new RestoreProgress(bytes, total, (nanoClock.getAsLong() - begun) / NANOS_PER_MS);
  }
}
