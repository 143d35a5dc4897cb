package io.tidemark.runtime;

import io.tidemark.api.StateException;
import io.tidemark.api.TaskName;
import io.tidemark.runtime.TaskReport.Phase;
import org.jspecify.annotations.Nullable;

/**
 * A task that was given to a worker, from when its state is restored until it is closed. Confined
 * to the worker, except for {@link #report}.
 */
final class HostedTask {
  private static final long CATCH_UP_MS = 1000;

  /** How often it is tried to open a directory that is in use. */
  private static final long DIRECTORY_MS = 20;

  private final TaskSpec spec;
  private final TaskRestorer restorer;
  private final WorkerSpec worker;
  private long generation;
  private boolean startWanted;
  private boolean releaseWanted;
  private long releasingSinceMs;
  private boolean closing;
  private boolean ready;
  private long caughtUpMs;
  private @Nullable TaskRunner runner;
  private @Nullable EagerMigration migration;
  private boolean reading;
  private @Nullable Throwable failure;
  private @Nullable Runnable afterwards;
  private Phase phase = Phase.RESTORING;
  private volatile TaskReport report;

  HostedTask(WorkerSpec worker, TaskSpec spec, TaskRestorer restorer, long generation) {
    this.worker = worker;
    this.spec = spec;
    this.restorer = restorer;
    this.generation = generation;
    this.report = new TaskReport(generation, Phase.RESTORING, 0, 0, 0, 0, null, null, null);
  }

  TaskName name() {
    return spec.name();
  }

  TaskRestorer restorer() {
    return restorer;
  }

  Phase phase() {
    return phase;
  }

  /** Whether nothing of it is open any more, and nothing will be. */
  boolean isOver() {
    return phase == Phase.RELEASED || phase == Phase.FAILED;
  }

  /** Why it failed; null if it did not. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** It is wanted under another assignment; it does not run yet. */
  void wantedUnder(long newer) {
    generation = newer;
  }

  void start(long wanted) {
    generation = wanted;
    startWanted = true;
  }

  void release() {
    if (!releaseWanted) {
      releaseWanted = true;
      releasingSinceMs = worker.ticker().getAsLong();
    }
    if (runner == null) {
      restorer.stop();
    } else {
      runner.release();
    }
  }

  long releasingSinceMs() {
    return releasingSinceMs;
  }

  boolean isReleaseWanted() {
    return releaseWanted;
  }

  /** What is to be done when it is over. */
  void whenOver(@Nullable Runnable next) {
    afterwards = next;
  }

  /** What is to be done when what is to be done when it is over has been done. */
  void andThen(Runnable next) {
    Runnable first = afterwards;
    if (first != null) {
      afterwards =
          () -> {
            first.run();
            next.run();
          };
    }
  }

  /** The runner; null unless the worker has taken possession. */
  @Nullable TaskRunner runner() {
    return runner;
  }

  /** Takes note of what the restorer has done, and has it do what comes next. */
  void advance() {
    if (restorer.isBusy() || isOver()) {
      return;
    }
    Throwable failed = restorer.failure();
    if (closing || (failed != null && releaseWanted)) {
      end(Phase.RELEASED, null);
    } else if (failed != null && isOnlyInUse(failed)) {
      awaitDirectory();
    } else if (failed != null) {
      end(Phase.FAILED, failed);
    } else if (runner == null && releaseWanted) {
      close(false);
    } else if (runner == null && !ready) {
      ready = true;
      phase = Phase.READY;
      caughtUpMs = worker.ticker().getAsLong();
    } else if (runner == null && !startWanted && isCatchUpDue()) {
      caughtUpMs = worker.ticker().getAsLong();
      restorer.catchUp();
    }
  }

  /** Whether the task's former owner still has the directory, which is here and shared with it. */
  private boolean isOnlyInUse(Throwable failed) {
    return generation > 0
        && failed instanceof StateException state
        && state.code().equals(StateException.IN_USE);
  }

  /**
   * The state is here already, in the hands of the former owner. There is nothing to bring; it is
   * opened when the task is to be started, as soon as that one has let go.
   */
  private void awaitDirectory() {
    if (!startWanted) {
      phase = Phase.READY;
    } else if (worker.ticker().getAsLong() - caughtUpMs >= DIRECTORY_MS) {
      caughtUpMs = worker.ticker().getAsLong();
      restorer.restore();
    }
  }

  private boolean isCatchUpDue() {
    return worker.ticker().getAsLong() - caughtUpMs >= CATCH_UP_MS;
  }

  private void end(Phase last, @Nullable Throwable why) {
    phase = last;
    failure = why;
    Runnable next = afterwards;
    afterwards = null;
    if (next != null) {
      next.run();
    }
  }

  /** Whether the worker may take possession now. */
  boolean isToBeOpened() {
    return runner == null
        && ready
        && startWanted
        && !releaseWanted
        && !isOver()
        && restorer.isAtRest();
  }

  /** The task with the generation that is wanted, to take possession of. */
  RestoredTask toBeOpened() {
    RestoredTask restored = restorer.restored();
    restored.wantedGeneration = generation;
    return restored;
  }

  /** The task is somebody else's. */
  void refused(RuntimeException why) {
    restorer.closeStateNow();
    restorer.closeDirectoryNow();
    end(Phase.FAILED, why);
  }

  /** The worker has taken possession. */
  void opened(TaskRunner opened) {
    runner = opened;
    phase = Phase.RUNNING;
    migration = new EagerMigration(opened, worker.ticker());
  }

  /** What is still to be migrated; null if nothing is. */
  @Nullable EagerMigration migration() {
    return migration == null || migration.isDone() ? null : migration;
  }

  /** Whether its inputs are to be read from now on. */
  boolean isToBeRead() {
    return runner != null && !reading && migration() == null && !releaseWanted && !closing;
  }

  void readingBegins() {
    reading = true;
  }

  boolean isReading() {
    return reading;
  }

  /** Closes its state beside the worker's thread. */
  void close(boolean inOrder) {
    closing = true;
    runner = null;
    restorer.close(inOrder);
  }

  /** Says anew how it is. */
  void tell(boolean finished) {
    TaskRunner running = runner;
    if (running != null) {
      report = running.report(finished ? Phase.FINISHED : phase);
    } else {
      TaskReport last = report;
      report =
          new TaskReport(
              generation,
              phase,
              ready && !closing && !isOver() && restorer.isAtRest()
                  ? restorer.restored().journal.number()
                  : last.commit(),
              last.bytes(),
              last.records(),
              restorer.behind(),
              restorer.fetching(),
              restorer.replay(),
              failure);
    }
  }

  /** How it is. Any thread may call it. */
  TaskReport report() {
    return report;
  }
}
