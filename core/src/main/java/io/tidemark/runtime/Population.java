package io.tidemark.runtime;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TidemarkException;
import io.tidemark.runtime.InputSpec.Feeding;
import io.tidemark.system.OffsetRange;
import io.tidemark.system.SystemConsumer;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that the stores of a worker's tasks have what the streams that feed them hold, before
 * a task's other inputs are read: those wait until each of its sources was delivered up to where it
 * ended when the population began. Confined to the worker.
 */
final class Population {
  private static final Logger LOG = LoggerFactory.getLogger(Population.class);

  private final WorkerSpec spec;
  private final Map<SystemStreamPartition, Target> open = new LinkedHashMap<>();
  private final Set<String> stores = new TreeSet<>();
  private @Nullable PopulationProgress progress;

  /** How far a source has to be delivered. */
  private record Target(TaskRunner task, Feeding feeding, String end, long startedMs) {}

  Population(WorkerSpec spec) {
    this.spec = spec;
  }

  /**
   * What the sources of these tasks hold now is awaited.
   *
   * @param delivered how far each partition was delivered
   */
  void start(Collection<TaskRunner> tasks, Function<SystemStreamPartition, String> delivered) {
    if (open.isEmpty()) {
      progress = new PopulationProgress("Worker " + spec.name(), spec.ticker());
    }
    long now = spec.ticker().getAsLong();
    Map<SystemStreamPartition, OffsetRange> ranges = ranges(tasks);
    for (TaskRunner task : tasks) {
      for (Input input : task.inputs()) {
        Feeding feeding = input.spec().feeding();
        SystemStreamPartition source = input.partition();
        OffsetRange range = ranges.get(source);
        if (feeding != null
            && range != null
            && compare(source, delivered.apply(source), range.end()) < 0) {
          open.put(source, new Target(task, feeding, range.end(), now));
          stores.add(feeding.store());
        }
      }
    }
  }

  /** What the sources of these tasks hold, asked for with one request per system. */
  private Map<SystemStreamPartition, OffsetRange> ranges(Collection<TaskRunner> tasks) {
    Map<String, Set<SystemStreamPartition>> sources = new TreeMap<>();
    for (TaskRunner task : tasks) {
      for (Input input : task.inputs()) {
        if (input.feed() != null) {
          SystemStreamPartition source = input.partition();
          sources.computeIfAbsent(source.getSystem(), s -> new HashSet<>()).add(source);
        }
      }
    }
    Map<SystemStreamPartition, OffsetRange> ranges = new HashMap<>();
    sources.forEach(
        (system, partitions) -> ranges.putAll(spec.system(system).admin().offsets(partitions)));
    return ranges;
  }

  /** Whether sources are awaited, and other inputs have to wait. */
  boolean isUnderWay() {
    return !open.isEmpty();
  }

  /** Whether sources of a task are awaited. */
  boolean isUnderWay(TaskRunner task) {
    return open.values().stream().anyMatch(target -> target.task == task);
  }

  /** A task is given up. */
  void remove(TaskRunner task) {
    if (open.values().removeIf(target -> target.task == task)) {
      tellIfEnded();
    }
  }

  /** Records of a source were delivered. */
  void delivered(int records) {
    if (isUnderWay()) {
      progress().add(records);
    }
  }

  /** Looks which sources of a consumer are delivered as far as they have to be. */
  void check(SystemConsumer consumer, String system) {
    if (open.isEmpty()) {
      return;
    }
    open.entrySet()
        .removeIf(
            source ->
                source.getKey().getSystem().equals(system)
                    && compare(
                            source.getKey(),
                            consumer.position(source.getKey()),
                            source.getValue().end)
                        >= 0);
    tellIfEnded();
  }

  private void tellIfEnded() {
    if (open.isEmpty()) {
      progress().finished(stores);
      stores.clear();
    }
  }

  /**
   * Gives up on sources that take too long, of tasks that have not begun.
   *
   * @param lag how many records are known to wait in a partition
   * @throws TidemarkException (TM-2020) if that is not allowed
   */
  void checkTime(Function<SystemStreamPartition, Long> lag) {
    if (progress().isDue()) {
      progress().report(stores, remaining(lag));
    }
    long now = spec.ticker().getAsLong();
    for (Target target : List.copyOf(open.values())) {
      if (isTooLate(target, now)) {
        tooLate(target, remaining(lag));
      }
    }
    if (open.values().removeIf(target -> isTooLate(target, now))) {
      tellIfEnded();
    }
  }

  private static boolean isTooLate(Target target, long now) {
    return !target.task.isInitialised() && now - target.startedMs >= target.feeding.waitMs();
  }

  private void tooLate(Target target, long remaining) {
    String store = target.feeding.store();
    String how = progress().state(remaining);
    if (!target.feeding.proceed()) {
      throw notInTime("task " + target.task.name(), store, target.feeding.waitMs(), how);
    }
    LOG.warn(
        "Task {} begins before its store {} is populated, as stores.{}.source.on.timeout says: {}",
        target.task.name(),
        store,
        store,
        how);
  }

  /** A store was not populated in time. */
  static TidemarkException notInTime(String whose, String store, long waitMs, String how) {
    return new TidemarkException(
        "TM-2020",
        String.format(
            "store %s of %s was not populated from its source within stores.%s.source.wait.ms=%d:"
                + " %s. Allow it more time, or set stores.%s.source.on.timeout=proceed to begin"
                + " with what is there",
            store, whose, store, waitMs, how, store));
  }

  private long remaining(Function<SystemStreamPartition, Long> lag) {
    return open.keySet().stream().mapToLong(source -> Math.max(0, lag.apply(source))).sum();
  }

  private int compare(SystemStreamPartition partition, String left, String right) {
    return spec.system(partition.getSystem()).admin().compareOffsets(left, right);
  }

  private PopulationProgress progress() {
    return Objects.requireNonNull(progress, "started");
  }
}
