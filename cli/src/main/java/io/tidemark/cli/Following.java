package io.tidemark.cli;

import io.tidemark.container.Job;
import io.tidemark.container.Progress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Shows how a job gets on until it ends, by itself or because of a signal. */
final class Following {
  private static final Duration SHOW_INTERVAL = Duration.ofMillis(500);

  private Following() {}

  /**
   * Follows a job to its end.
   *
   * @param stop asks the job to end; it must not wait
   * @throws io.tidemark.api.TidemarkException if the job failed
   */
  static void follow(RunningJob job, ProgressLine line, Runnable stop) {
    AtomicBoolean stopped = new AtomicBoolean();
    Runnable onSignal =
        () -> {
          stopped.set(true);
          line.say("finishing what is under way; once more to end at once");
          stop.run();
        };
    try (StopSignals signals = StopSignals.call(onSignal)) {
      while (!job.awaitEnd(SHOW_INTERVAL)) {
        line.show(job.progress());
      }
      line.finish(stopped.get() ? "stopped" : "ended", job.progress());
    } finally {
      line.clear();
    }
  }

  /** A job, or a container, in this process. */
  static RunningJob of(Job job) {
    return of(job, () -> {});
  }

  /**
   * As the other.
   *
   * @param meanwhile called while its end is awaited
   */
  static RunningJob of(Job job, Runnable meanwhile) {
    return new RunningJob() {
      @Override
      public Progress progress() {
        return job.progress();
      }

      @Override
      public boolean awaitEnd(Duration limit) {
        meanwhile.run();
        return job.awaitEnd(limit);
      }
    };
  }
}
