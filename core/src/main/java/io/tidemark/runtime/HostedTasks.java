package io.tidemark.runtime;

import io.tidemark.api.TaskName;
import io.tidemark.journal.Journal;
import io.tidemark.state.ObjectCache;
import io.tidemark.state.SweepPace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that were given to a worker, and what is wanted of each. Confined to the worker, except
 * for {@link #reports}.
 */
final class HostedTasks {
  private final WorkerSpec worker;
  private final ObjectCache cache;
  private final SweepPace sweepPace = new SweepPace();
  private final Runnable wakeup;
  private final Map<TaskName, HostedTask> tasks = new LinkedHashMap<>();
  private volatile List<HostedTask> all = List.of();
  private @Nullable Journal journal;

  /**
   * @param wakeup makes the worker look at what has been done meanwhile; any thread may call it
   */
  HostedTasks(WorkerSpec worker, ObjectCache cache, Runnable wakeup) {
    this.worker = worker;
    this.cache = cache;
    this.wakeup = wakeup;
  }

  void open(Journal opened) {
    journal = opened;
  }

  void restore(TaskSpec spec, long generation) {
    HostedTask known = tasks.get(spec.name());
    if (known == null || known.isOver()) {
      TaskRestorer restorer =
          new TaskRestorer(
              worker, Objects.requireNonNull(journal, "open"), cache, sweepPace, spec, wakeup);
      tasks.put(spec.name(), new HostedTask(worker, spec, restorer, generation));
      all = List.copyOf(tasks.values());
      restorer.restore();
    } else if (known.isReleaseWanted()) {
      known.whenOver(() -> restore(spec, generation));
    } else if (known.runner() == null) {
      known.wantedUnder(generation);
    }
  }

  void start(TaskName name, long generation) {
    HostedTask known = tasks.get(name);
    if (known == null || known.isOver()) {
      return; // it was not restored, or that failed, as the reports say
    }
    if (known.isReleaseWanted()) {
      known.andThen(() -> start(name, generation));
    } else if (known.runner() == null) {
      known.start(generation);
    }
  }

  void release(TaskName name) {
    HostedTask known = tasks.get(name);
    if (known != null && !known.isOver()) {
      known.whenOver(null);
      known.release();
    }
  }

  void forget(TaskName name) {
    HostedTask known = tasks.get(name);
    if (known != null && known.isOver()) {
      tasks.remove(name);
      all = List.copyOf(tasks.values());
    }
  }

  void advance() {
    all.forEach(HostedTask::advance);
  }

  /** Says anew how they are. */
  void tell(Predicate<TaskRunner> atEnd) {
    for (HostedTask task : tasks.values()) {
      TaskRunner runner = task.runner();
      task.tell(runner != null && !runner.isReleasing() && atEnd.test(runner));
    }
  }

  /** Those that the worker may take possession of now. */
  List<HostedTask> toBeOpened() {
    return those(HostedTask::isToBeOpened);
  }

  List<HostedTask> migrating() {
    return those(
        task -> task.runner() != null && task.migration() != null && !task.isReleaseWanted());
  }

  List<HostedTask> toBeRead() {
    return those(HostedTask::isToBeRead);
  }

  List<HostedTask> reading() {
    return those(task -> task.runner() != null && task.isReading());
  }

  List<HostedTask> releasing() {
    return those(task -> task.runner() != null && task.isReleaseWanted());
  }

  /** Mostly there are none, so with each step a list would be made for nothing. */
  private List<HostedTask> those(Predicate<HostedTask> which) {
    List<HostedTask> those = List.of();
    for (HostedTask task : tasks.values()) {
      if (which.test(task)) {
        if (those.isEmpty()) {
          those = new ArrayList<>();
        }
        those.add(task);
      }
    }
    return those;
  }

  /** Whether any is not restored yet. */
  boolean isAnyRestoring() {
    return tasks.values().stream().anyMatch(task -> task.phase() == TaskReport.Phase.RESTORING);
  }

  /** Whether any is about to begin or to end, and needs the worker's attention for that. */
  boolean isAnyMoving() {
    for (HostedTask task : tasks.values()) {
      TaskRunner runner = task.runner();
      if (runner != null && (!runner.isInitialised() || runner.isReleasing())) {
        return true;
      }
    }
    return false;
  }

  /** Whether all run, and were told so. */
  boolean isAllInitialised() {
    for (HostedTask task : tasks.values()) {
      TaskRunner runner = task.runner();
      if (!task.isOver() && (runner == null || !runner.isInitialised())) {
        return false;
      }
    }
    return true;
  }

  /** Throws what a task failed with, if one did. */
  void throwFailure() {
    for (HostedTask task : tasks.values()) {
      Throwable failure = task.failure();
      if (failure instanceof Error error) {
        throw error;
      } else if (failure instanceof RuntimeException exception) {
        throw exception;
      } else if (failure != null) {
        throw new IllegalStateException(failure);
      }
    }
  }

  Map<TaskName, TaskReport> reports() {
    Map<TaskName, TaskReport> reports = new HashMap<>();
    all.forEach(task -> reports.put(task.name(), task.report()));
    return Map.copyOf(reports);
  }

  /** Closes the state of all, in whatever phase they are; what is not committed is given up. */
  void closeStates() {
    tasks.values().forEach(task -> task.restorer().stop());
    tasks.values().forEach(task -> task.restorer().closeStateNow());
  }

  /** Unlocks the directories of all. */
  void closeDirectories() {
    tasks.values().forEach(task -> task.restorer().closeDirectoryNow());
    tasks.clear();
  }
}
