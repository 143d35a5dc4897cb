package io.tidemark.cli;

import io.tidemark.api.TidemarkException;
import io.tidemark.container.Progress;
import io.tidemark.container.RestartPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One container of a supervised job: starts its process, and another when that died, until one has
 * finished, restarts make no sense any more, or the job is stopped.
 *
 * <p>{@link #run} belongs to the thread that has this container; the rest is for any thread.
 */
final class SupervisedContainer {
  private final int number;
  private final Supervision supervision;
  private final RestartPolicy policy;
  private Progress before = Progress.NONE;
  private @Nullable ContainerProcess process;

  SupervisedContainer(int number, Supervision supervision) {
    this.number = number;
    this.supervision = supervision;
    this.policy = new RestartPolicy(supervision.restarts());
  }

  /**
   * Runs the container to its end.
   *
   * @throws TidemarkException if it failed for good
   */
  void run() throws InterruptedException {
    ContainerProcess current = begin(null);
    while (true) {
      boolean inTime = current.await(supervision.stop(), supervision.stopLimit());
      long diedAtNanos = System.nanoTime();
      ended(current);
      supervision.lead().processEnded();
      if (supervision.stop().isDone()) {
        tellOfStop(current, inTime);
        return;
      }
      if (current.hasEnded() || stoppedInPause(pauseMs(current))) {
        return;
      }
      current = begin(diedAtNanos);
    }
  }

  /** Starts a process; if one died before, it is told when. */
  private ContainerProcess begin(@Nullable Long diedAtNanos) {
    try {
      Process started = supervision.launcher().launch(number);
      return began(
          new ContainerProcess(
              started, () -> supervision.running(number, started.pid(), since(diedAtNanos))),
          diedAtNanos != null);
    } catch (IOException e) {
      throw new TidemarkException(
          "TM-5002", "the process of container " + number + " cannot be started: " + e, e);
    }
  }

  private static @Nullable Duration since(@Nullable Long nanos) {
    return nanos == null ? null : Duration.ofNanos(System.nanoTime() - nanos);
  }

  private synchronized ContainerProcess began(ContainerProcess started, boolean again) {
    process = started;
    before = before.plus(new Progress(0, 0, 0, 0, 0, 0, again ? 1 : 0));
    return started;
  }

  private synchronized void ended(ContainerProcess last) {
    process = null;
    Progress done = last.progress();
    // What it knew to wait is for its successor to tell.
    before = before.plus(done).plus(new Progress(0, 0, 0, 0, 0, -done.lag(), 0));
  }

  private void tellOfStop(ContainerProcess stopped, boolean inTime) {
    Report.Failed failed = stopped.failure();
    if (!inTime) {
      supervision.tell(
          "container %d had not finished after %.0f s and was killed; what it had not committed is"
              + " processed at the next start",
          number, supervision.stopLimit().toMillis() / 1000.0);
    } else if (failed != null && supervision.failure() == null) {
      supervision.tell("container %d failed while it finished: %s", number, text(failed));
    }
  }

  /**
   * How long to wait before the next start.
   *
   * @throws TidemarkException if there is to be none
   */
  private long pauseMs(ContainerProcess died) {
    Report.Failed failed = died.failure();
    boolean worthwhile =
        failed != null
            ? failed.restart() && supervision.hasRun()
            : died.wasKilled() || supervision.hasRun();
    long nowMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    long pauseMs = worthwhile ? policy.failed(nowMs, failed == null ? null : text(failed)) : -1;
    if (pauseMs < 0) {
      throw failure(died, worthwhile);
    }
    supervision.tell(
        "container %d %s; it is started again in %.1f s",
        number, failed == null ? died.death() : "failed: " + text(failed), pauseMs / 1000.0);
    return pauseMs;
  }

  private boolean stoppedInPause(long pauseMs) throws InterruptedException {
    try {
      supervision.stop().get(pauseMs, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new AssertionError("the order to stop never fails", e);
    }
  }

  private TidemarkException failure(ContainerProcess died, boolean tooOften) {
    Report.Failed failed = died.failure();
    String where =
        String.format(
            Locale.ROOT,
            " (container %d%s; its log is %s)",
            number,
            tooOften ? ", " + limit() : "",
            supervision.launcher().log(number));
    return failed != null
        ? new TidemarkException(failed.code(), failed.message() + where)
        : new TidemarkException("TM-5001", "a container " + died.death() + lastWords(died) + where);
  }

  private String limit() {
    return String.format(
        Locale.ROOT,
        "restarted %d times in vain; container.restart.max is %d within %.0f s",
        progress().restarts(),
        supervision.restarts().max(),
        supervision.restarts().windowMs() / 1000.0);
  }

  private String lastWords(ContainerProcess died) {
    String words = died.wasKilled() ? "" : supervision.launcher().lastWords(number);
    return words.isEmpty() ? "" : "; the last it printed: " + words;
  }

  private static String text(Report.Failed failed) {
    return failed.code() + ": " + failed.message();
  }

  /** What all its processes have done, as far as they told. */
  synchronized Progress progress() {
    return process == null ? before : before.plus(process.progress());
  }

  /** Its process; null while it has none. */
  synchronized @Nullable ContainerProcess process() {
    return process;
  }
}
