package io.tidemark.container;

import io.tidemark.api.TaskName;
import io.tidemark.runtime.TaskReport;
import io.tidemark.runtime.TaskReport.Phase;
import io.tidemark.runtime.TaskSpec;
import io.tidemark.runtime.Worker;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a container, each on one of its workers: a task that comes goes to the worker with
 * the fewest. Workers do what they are asked when they come to it; until then a task is reported as
 * it will be. Confined to one thread; the workers run on theirs.
 */
final class TaskWorkers {
  private final List<Worker> workers;
  private final Function<TaskName, TaskSpec> specs;
  private final Map<TaskName, Place> places = new TreeMap<>();

  /** Where a task is, and the generation for which it was restored last. */
  private record Place(Worker worker, long generation) {}

  /**
   * @param specs says how a task is made
   */
  TaskWorkers(List<Worker> workers, Function<TaskName, TaskSpec> specs) {
    this.workers = workers;
    this.specs = specs;
  }

  /** Restores a task, or says that it is wanted under another generation. */
  void restore(TaskName task, long generation) {
    Place known = places.get(task);
    Worker worker = known == null ? withFewest() : known.worker;
    places.put(task, new Place(worker, generation));
    worker.forget(task);
    worker.restore(specs.apply(task), generation);
  }

  private Worker withFewest() {
    List<Worker> busy = new ArrayList<>();
    places.values().forEach(place -> busy.add(place.worker));
    Worker fewest = workers.get(0);
    long least = Long.MAX_VALUE;
    for (Worker worker : workers) {
      long tasks = busy.stream().filter(other -> other == worker).count();
      if (tasks < least) {
        least = tasks;
        fewest = worker;
      }
    }
    return fewest;
  }

  void start(TaskName task, long generation) {
    place(task).worker.start(task, generation);
  }

  void release(TaskName task) {
    place(task).worker.release(task);
  }

  void trim(TaskName task, long position) {
    place(task).worker.trim(task, position);
  }

  /** Forgets a task that was released or has failed. */
  void forget(TaskName task) {
    place(task).worker.forget(task);
    places.remove(task);
  }

  /** How all tasks are, in order. */
  Map<TaskName, TaskReport> reports() {
    Map<Worker, Map<TaskName, TaskReport>> told = new IdentityHashMap<>();
    workers.forEach(worker -> told.put(worker, worker.reports()));
    Map<TaskName, TaskReport> reports = new TreeMap<>();
    places.forEach(
        (task, place) ->
            reports.put(
                task, report(place, Objects.requireNonNull(told.get(place.worker)).get(task))));
    return reports;
  }

  private static TaskReport report(Place place, @Nullable TaskReport told) {
    return told == null || isOfFormer(told, place)
        ? new TaskReport(place.generation, Phase.RESTORING, 0, 0, 0, 0, null, null, null)
        : told;
  }

  /** Whether it is about a generation that is over, and the worker has not begun the next one. */
  private static boolean isOfFormer(@Nullable TaskReport told, Place place) {
    return told != null
        && told.generation() < place.generation
        && (told.phase() == Phase.RELEASED || told.phase() == Phase.FAILED);
  }

  private Place place(TaskName task) {
    return Objects.requireNonNull(places.get(task), () -> "task " + task + " is not here");
  }
}
