package io.tidemark.container;

import io.tidemark.api.TaskName;
import io.tidemark.runtime.TaskReport;
import io.tidemark.runtime.TaskSpec;
import io.tidemark.runtime.Worker;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The tasks of a container, each on one of its workers: a task that comes goes to the worker with
 * the fewest. Confined to one thread; the workers run on theirs.
 */
final class TaskWorkers {
  private final List<Worker> workers;
  private final Function<TaskName, TaskSpec> specs;
  private final Map<TaskName, Worker> placed = new HashMap<>();

  /**
   * @param specs says how a task is made
   */
  TaskWorkers(List<Worker> workers, Function<TaskName, TaskSpec> specs) {
    this.workers = workers;
    this.specs = specs;
  }

  /** Restores a task on one of the workers. */
  void restore(TaskName task, long generation) {
    Worker fewest =
        workers.stream()
            .min(Comparator.comparing((Worker worker) -> worker.reports().size()))
            .orElseThrow();
    placed.put(task, fewest);
    fewest.restore(specs.apply(task), generation);
  }

  void start(TaskName task, long generation) {
    worker(task).start(task, generation);
  }

  void release(TaskName task) {
    worker(task).release(task);
  }

  void trim(TaskName task, long position) {
    worker(task).trim(task, position);
  }

  /** Forgets a task that was released or has failed. */
  void forget(TaskName task) {
    worker(task).forget(task);
    placed.remove(task);
  }

  /** How all tasks are, in order. */
  Map<TaskName, TaskReport> reports() {
    Map<TaskName, TaskReport> reports = new TreeMap<>();
    workers.forEach(worker -> reports.putAll(worker.reports()));
    return reports;
  }

  private Worker worker(TaskName task) {
    return Objects.requireNonNull(placed.get(task), () -> "task " + task + " is not here");
  }
}
