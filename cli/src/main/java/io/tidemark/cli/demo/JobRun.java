package io.tidemark.cli.demo;

import io.tidemark.container.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Watches the job from its start to its end, and kills one of its containers when half of the input
 * is processed. Confined to one thread.
 */
final class JobRun {
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final Duration SHOW = Duration.ofMillis(250);

  private final Topics topics;
  private final Screen screen;
  private final long lines;
  private final long began = System.nanoTime();
  private Optional<Kill> kill = Optional.empty();
  private long nextShow = began;
  private long shownAt = began;
  private long shownRecords;
  private double rate;

  /** When which container was killed, and the tasks that it had. */
  record Kill(int container, Instant time, List<Integer> tasks) {}

  /**
   * How it went.
   *
   * @param took from the start of the processes to their end
   * @param progress what they did
   * @param kill empty if none was killed
   */
  record Result(Duration took, Progress progress, Optional<Kill> kill) {}

  JobRun(Topics topics, Screen screen, long lines) {
    this.topics = topics;
    this.screen = screen;
    this.lines = lines;
  }

  /**
   * Waits for the end.
   *
   * @param victim the container to kill; empty for none
   */
  Result await(JobProcesses job, Optional<Integer> victim) {
    while (!job.awaitEnd(LOOK)) {
      if (victim.isPresent() && kill.isEmpty() && isHalfProcessed()) {
        kill(job, victim.get());
      }
      if (System.nanoTime() - nextShow >= 0) {
        nextShow += SHOW.toNanos();
        show(job.progress());
      }
    }
    return new Result(Duration.ofNanos(System.nanoTime() - began), job.progress(), kill);
  }

  /** Each line becomes one visit; what is on its way to being committed counts. */
  private boolean isHalfProcessed() {
    return topics.written(TrafficJob.VISITS) >= lines / 2;
  }

  private void kill(JobProcesses job, int container) {
    List<Integer> tasks = job.tasksOf(container);
    Instant time = Instant.now();
    long pid = job.kill(container);
    if (pid >= 0) {
      kill = Optional.of(new Kill(container, time, tasks));
      screen.note(
          String.format(
              Locale.ROOT,
              "half of the lines are processed: container %d (process %d) is killed with SIGKILL",
              container,
              pid));
    }
  }

  private void show(Progress progress) {
    long now = System.nanoTime();
    double seconds = (now - shownAt) / 1e9;
    if (seconds >= 1) {
      rate = Math.max(0, progress.recordsIn() - shownRecords) / seconds;
      shownAt = now;
      shownRecords = progress.recordsIn();
    }
    screen.progress(
        String.format(
            Locale.ROOT,
            "%,d in   %,.0f/s   lag %,d   commits %,d   restarts %d",
            progress.recordsIn(),
            rate,
            progress.lag(),
            progress.commits(),
            progress.restarts()));
  }
}
