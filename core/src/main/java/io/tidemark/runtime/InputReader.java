package io.tidemark.runtime;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.system.RecordBatch;
import io.tidemark.system.StartPosition;
import io.tidemark.system.SystemConsumer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Reads the inputs of a worker's tasks, one consumer per system, and hands each batch to its task.
 * A task that has not begun what it has gets no more for the while, and while stores are populated
 * only what feeds them is read for that task. Confined to the worker, except for {@link #wakeup}.
 */
final class InputReader implements AutoCloseable {
  private final WorkerSpec spec;
  private final Bounds bounds;
  private final Population population;
  private final Map<SystemStreamPartition, TaskRunner> readers = new LinkedHashMap<>();
  private final Set<SystemStreamPartition> paused = new HashSet<>();
  private final Map<SystemStreamPartition, String> unreported = new HashMap<>();
  private final Map<String, SystemConsumer> consumers = new ConcurrentHashMap<>();
  private final Semaphore idleWakeup = new Semaphore(0);
  private final Set<TaskRunner> held = new HashSet<>();

  InputReader(WorkerSpec spec) {
    this.spec = spec;
    this.bounds = new Bounds(spec);
    this.population = new Population(spec);
  }

  /** Starts to read where these tasks stand, what feeds their stores first. */
  void add(Collection<TaskRunner> tasks) {
    Map<String, Map<SystemStreamPartition, StartPosition>> starts = new TreeMap<>();
    Set<SystemStreamPartition> added = new LinkedHashSet<>();
    for (TaskRunner task : tasks) {
      for (Input input : task.inputs()) {
        SystemStreamPartition partition = input.partition();
        readers.put(partition, task);
        added.add(partition);
        starts
            .computeIfAbsent(partition.getSystem(), system -> new LinkedHashMap<>())
            .put(partition, new StartPosition.At(input.position()));
      }
    }
    starts.forEach(
        (system, positions) ->
            consumers
                .computeIfAbsent(system, name -> spec.system(name).consumer(spec.name()))
                .add(positions));
    bounds.add(added);
    catchUp(tasks);
  }

  /** Reads no more for a task. */
  void remove(TaskRunner task) {
    Set<SystemStreamPartition> partitions = new LinkedHashSet<>();
    task.inputs().forEach(input -> partitions.add(input.partition()));
    partitions.retainAll(readers.keySet());
    for (SystemStreamPartition partition : partitions) {
      consumer(partition).remove(List.of(partition));
      readers.remove(partition);
    }
    paused.removeAll(partitions);
    unreported.keySet().removeAll(partitions);
    bounds.remove(partitions);
    population.remove(task);
    held.remove(task);
  }

  /** From here on, inputs wait until stores have what the streams that feed them hold now. */
  void catchUp() {
    catchUp(Set.copyOf(readers.values()));
  }

  private void catchUp(Collection<TaskRunner> tasks) {
    population.start(tasks, partition -> consumer(partition).position(partition));
    for (TaskRunner task : tasks) {
      if (isToBeHeld(task)) {
        held.add(task);
      }
      pauseOrResume(task);
    }
  }

  /** Whether what feeds a task's stores is awaited; see {@link Population#checkTime}. */
  boolean isPopulating(TaskRunner task) {
    if (population.isUnderWay()) {
      population.checkTime(partition -> consumer(partition).lag(partition));
    }
    return population.isUnderWay(task);
  }

  /**
   * Hands out what has come.
   *
   * @param timeoutMs how long to wait for the first record
   * @return how many records came
   */
  int poll(long timeoutMs) {
    releaseHeld();
    if (readers.isEmpty()) {
      awaitWakeup(timeoutMs);
      return 0;
    }
    // With several systems, none may keep the others waiting.
    Duration timeout = Duration.ofMillis(consumers.size() > 1 ? Math.min(1, timeoutMs) : timeoutMs);
    int taken = 0;
    for (Map.Entry<String, SystemConsumer> entry : consumers.entrySet()) {
      SystemConsumer consumer = entry.getValue();
      for (RecordBatch batch : consumer.poll(timeout)) {
        taken += handOut(batch);
      }
      for (SystemStreamPartition ended : bounds.newlyReached(consumer, entry.getKey())) {
        pauseOrResume(ended, reader(ended));
      }
      population.check(consumer, entry.getKey());
    }
    return taken;
  }

  private boolean isToBeHeld(TaskRunner task) {
    return population.isUnderWay(task) || !task.isInitialised();
  }

  private void releaseHeld() {
    if (!held.isEmpty()) {
      for (TaskRunner task : List.copyOf(held)) {
        if (!isToBeHeld(task)) {
          held.remove(task);
          pauseOrResume(task);
        }
      }
    }
  }

  /** Consumers that have nothing to read need not wait. */
  private void awaitWakeup(long timeoutMs) {
    try {
      if (idleWakeup.tryAcquire(timeoutMs, TimeUnit.MILLISECONDS)) {
        idleWakeup.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int handOut(RecordBatch batch) {
    TaskRunner task = reader(batch.partition());
    RecordBatch wanted = bounds.cut(batch);
    if (wanted == null || task.isDone()) {
      return 0;
    }
    task.enqueue(wanted);
    if (task.isSource(batch.partition())) {
      population.delivered(wanted.size());
    }
    return wanted.size();
  }

  /** Reads no more for a task that has not begun what it has, or is done; and again when it has. */
  void limitBacklog(TaskRunner task) {
    boolean pause = task.processing().isBacklogged() || task.isDone();
    if (pause != task.isPaused()) {
      task.setPaused(pause);
      pauseOrResume(task);
    }
  }

  private void pauseOrResume(TaskRunner task) {
    for (Input input : task.inputs()) {
      pauseOrResume(input.partition(), task);
    }
  }

  private void pauseOrResume(SystemStreamPartition partition, TaskRunner task) {
    boolean pause =
        task.isPaused()
            || bounds.isReached(partition)
            || (held.contains(task) && !task.isSource(partition));
    if (pause && paused.add(partition)) {
      consumer(partition).pause(Set.of(partition));
    } else if (!pause && paused.remove(partition)) {
      consumer(partition).resume(Set.of(partition));
    }
  }

  /** Whether all that a bounded run has to read of a task's inputs was handed out. */
  boolean isAtEnd(TaskRunner task) {
    for (Input input : task.inputs()) {
      if (!bounds.isReached(input.partition())) {
        return false;
      }
    }
    return true;
  }

  /** Whether no task reads anything. */
  boolean isEmpty() {
    return readers.isEmpty();
  }

  boolean reads(SystemStreamPartition partition) {
    return readers.containsKey(partition);
  }

  /** Whether nothing will come any more. */
  boolean isAtEnd() {
    return bounds.isReached();
  }

  /** Notes positions that are committed. */
  void committed(Map<SystemStreamPartition, String> positions) {
    unreported.putAll(positions);
  }

  /** Shows the systems' own tools what was committed. */
  void reportProgress() {
    consumers.forEach(
        (system, consumer) -> {
          Map<SystemStreamPartition, String> positions = new HashMap<>();
          unreported.forEach(
              (partition, offset) -> {
                if (partition.getSystem().equals(system)) {
                  positions.put(partition, offset);
                }
              });
          if (!positions.isEmpty()) {
            consumer.reportProgress(positions);
          }
        });
    unreported.clear();
  }

  /** How many records are known to wait. */
  long lag() {
    long lag = 0;
    for (SystemStreamPartition partition : readers.keySet()) {
      lag += Math.max(0, consumer(partition).lag(partition));
    }
    return lag;
  }

  /** Makes a {@link #poll} that waits return. Any thread may call it. */
  void wakeup() {
    idleWakeup.release();
    consumers.values().forEach(SystemConsumer::wakeup);
  }

  @Override
  public void close() {
    consumers.values().forEach(SystemConsumer::close);
  }

  private TaskRunner reader(SystemStreamPartition partition) {
    return Objects.requireNonNull(readers.get(partition));
  }

  private SystemConsumer consumer(SystemStreamPartition partition) {
    return Objects.requireNonNull(consumers.get(partition.getSystem()));
  }
}
