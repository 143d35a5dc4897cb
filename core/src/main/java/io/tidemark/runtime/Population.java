package io.tidemark.runtime;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TidemarkException;
import io.tidemark.runtime.InputSpec.Feeding;
import io.tidemark.system.SystemConsumer;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that a task's stores have what the streams that feed them hold, before its other
 * inputs are read: those are held until each source was delivered up to where it ended when the
 * population began. Confined to the worker.
 */
final class Population {
  private static final Logger LOG = LoggerFactory.getLogger(Population.class);

  private final WorkerSpec spec;
  private final Map<SystemStreamPartition, Target> open = new LinkedHashMap<>();
  private final Set<TaskRunner> holding = new HashSet<>();
  private final Set<String> stores = new TreeSet<>();
  private @Nullable PopulationProgress progress;

  /** How far a source has to be delivered. */
  private record Target(TaskRunner task, Feeding feeding, String end) {}

  Population(WorkerSpec spec) {
    this.spec = spec;
  }

  /**
   * Begins: what sources hold now is awaited.
   *
   * @param delivered how far each partition was delivered
   */
  void start(Collection<TaskRunner> tasks, Function<SystemStreamPartition, String> delivered) {
    progress = new PopulationProgress("Worker " + spec.name(), spec.ticker());
    for (TaskRunner task : tasks) {
      for (Input input : task.inputs()) {
        Feeding feeding = input.spec().feeding();
        if (feeding != null) {
          SystemStreamPartition source = input.partition();
          String end = spec.offsets(source).end();
          if (compare(source, delivered.apply(source), end) < 0) {
            open.put(source, new Target(task, feeding, end));
            holding.add(task);
            stores.add(feeding.store());
          }
        }
      }
    }
  }

  /** Whether sources are awaited. */
  boolean isUnderWay() {
    return !open.isEmpty();
  }

  /** Whether the inputs of a task that feed no store have to wait. */
  boolean holds(TaskRunner task) {
    return holding.contains(task);
  }

  /** Records of a source were delivered. */
  void delivered(int records) {
    if (isUnderWay()) {
      progress().add(records);
    }
  }

  /**
   * Looks which sources of a consumer are delivered as far as they have to be.
   *
   * @return the tasks that need not wait any more
   */
  Set<TaskRunner> check(SystemConsumer consumer, String system) {
    if (open.isEmpty()) {
      return Set.of();
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
    return release();
  }

  private Set<TaskRunner> release() {
    Set<TaskRunner> released = new HashSet<>(holding);
    open.values().forEach(target -> released.remove(target.task));
    holding.removeAll(released);
    if (open.isEmpty() && !stores.isEmpty()) {
      progress().finished(stores);
      stores.clear();
    }
    return released;
  }

  /**
   * Gives up on sources that take too long.
   *
   * @param lag how many records are known to wait in a partition
   * @return the tasks that need not wait any more
   * @throws TidemarkException (TM-2020) if that is not allowed
   */
  Set<TaskRunner> checkTime(Function<SystemStreamPartition, Long> lag) {
    if (progress().isDue()) {
      progress().report(stores, remaining(lag));
    }
    long elapsedMs = progress().elapsedMs();
    for (Target target : open.values()) {
      if (elapsedMs >= target.feeding.waitMs()) {
        tooLate(target, remaining(lag));
      }
    }
    open.values().removeIf(target -> elapsedMs >= target.feeding.waitMs());
    return release();
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
