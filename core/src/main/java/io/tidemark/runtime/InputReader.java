package io.tidemark.runtime;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.system.RecordBatch;
import io.tidemark.system.StartPosition;
import io.tidemark.system.SystemConsumer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Reads the inputs of a worker's tasks, one consumer per system, and hands each batch to its task.
 * A task that has not begun what it has gets no more for the while, and while stores are populated
 * only what feeds them is read. Confined to the worker, except for {@link #wakeup}.
 */
final class InputReader implements AutoCloseable {
  private final WorkerSpec spec;
  private final Bounds bounds;
  private final Population population;
  private final Map<SystemStreamPartition, TaskRunner> readers = new LinkedHashMap<>();
  private final Set<SystemStreamPartition> paused = new HashSet<>();
  private final Map<SystemStreamPartition, String> unreported = new HashMap<>();
  private volatile Map<String, SystemConsumer> consumers = Map.of();
  private boolean inputsHeld;

  InputReader(WorkerSpec spec) {
    this.spec = spec;
    this.bounds = new Bounds(spec);
    this.population = new Population(spec);
  }

  /** Starts to read where the tasks stand, what feeds their stores first. */
  void start(List<TaskRunner> tasks) {
    Map<String, Map<SystemStreamPartition, StartPosition>> starts = new LinkedHashMap<>();
    for (TaskRunner task : tasks) {
      for (Input input : task.inputs()) {
        SystemStreamPartition partition = input.partition();
        readers.put(partition, task);
        starts
            .computeIfAbsent(partition.getSystem(), system -> new LinkedHashMap<>())
            .put(partition, new StartPosition.At(input.position()));
      }
    }
    Map<String, SystemConsumer> opened = new LinkedHashMap<>();
    consumers = opened;
    starts.forEach(
        (system, positions) -> {
          SystemConsumer consumer = spec.system(system).consumer(spec.name());
          opened.put(system, consumer);
          consumer.assign(positions);
        });
    bounds.start(readers.keySet());
    catchUp();
  }

  /** From here on, inputs wait until stores have what the streams that feed them hold now. */
  void catchUp() {
    population.start(
        Set.copyOf(readers.values()), partition -> consumer(partition).position(partition));
    inputsHeld = population.isUnderWay();
    readers.forEach(this::pauseOrResume);
  }

  /** Whether stores are being populated; see {@link Population#checkTime}. */
  boolean isPopulating() {
    if (population.isUnderWay()) {
      population.checkTime(partition -> consumer(partition).lag(partition));
    }
    return population.isUnderWay();
  }

  /**
   * Hands out what has come.
   *
   * @param timeoutMs how long to wait for the first record
   * @return how many records came
   */
  int poll(long timeoutMs) {
    if (inputsHeld && !population.isUnderWay()) {
      inputsHeld = false;
      readers.forEach(this::pauseOrResume);
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
        task.isPaused() || bounds.isReached(partition) || (inputsHeld && !task.isSource(partition));
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
