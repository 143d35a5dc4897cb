package io.tidemark.runtime;

import io.tidemark.api.SystemStreamPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Reads the inputs of a worker's tasks. Tasks that read the same partition, each its share, stand
 * at different places of it and are held up at different times; so each of them has another reader.
 * Confined to the worker, except for {@link #wakeup}.
 */
final class InputReaders implements AutoCloseable {
  private final WorkerSpec spec;

  /** By the tasks' {@link Share#lane}; the first is there from the beginning. */
  private final List<InputReader> lanes = new CopyOnWriteArrayList<>();

  InputReaders(WorkerSpec spec) {
    this.spec = spec;
    lanes.add(new InputReader(spec));
  }

  private InputReader of(TaskRunner task) {
    return lanes.get(task.share().lane());
  }

  /** As {@link InputReader#add}. */
  void add(Collection<TaskRunner> tasks) {
    Map<Integer, List<TaskRunner>> byLane = new TreeMap<>();
    for (TaskRunner task : tasks) {
      byLane.computeIfAbsent(task.share().lane(), lane -> new ArrayList<>()).add(task);
    }
    byLane.forEach(
        (lane, those) -> {
          while (lanes.size() <= lane) {
            lanes.add(new InputReader(spec));
          }
          lanes.get(lane).add(those);
        });
  }

  void remove(TaskRunner task) {
    of(task).remove(task);
  }

  /** As {@link InputReader#catchUp()}. */
  void catchUp() {
    lanes.forEach(InputReader::catchUp);
  }

  boolean isPopulating(TaskRunner task) {
    return of(task).isPopulating(task);
  }

  /** As {@link InputReader#poll}. */
  int poll(long timeoutMs) {
    if (lanes.size() == 1) {
      return lanes.get(0).poll(timeoutMs);
    }
    List<InputReader> reading = lanes.stream().filter(lane -> !lane.isEmpty()).toList();
    if (reading.isEmpty()) {
      return lanes.get(0).poll(timeoutMs);
    }
    int taken = 0;
    for (InputReader lane : reading) { // none may keep the others waiting
      taken += lane.poll(reading.size() > 1 ? Math.min(1, timeoutMs) : timeoutMs);
    }
    return taken;
  }

  void limitBacklog(TaskRunner task) {
    of(task).limitBacklog(task);
  }

  boolean isAtEnd(TaskRunner task) {
    return of(task).isAtEnd(task);
  }

  /** Whether nothing will come any more. */
  boolean isAtEnd() {
    return lanes.stream().allMatch(InputReader::isAtEnd);
  }

  /** Notes positions that are committed; of a partition that several read, those of one. */
  void committed(Map<SystemStreamPartition, String> positions) {
    if (lanes.size() == 1) {
      lanes.get(0).committed(positions);
      return;
    }
    Set<SystemStreamPartition> left = new HashSet<>(positions.keySet());
    for (InputReader lane : lanes) {
      Map<SystemStreamPartition, String> own = new HashMap<>(positions);
      own.keySet().retainAll(left);
      own.keySet().removeIf(partition -> !lane.reads(partition));
      left.removeAll(own.keySet());
      lane.committed(own);
    }
  }

  void reportProgress() {
    lanes.forEach(InputReader::reportProgress);
  }

  /** How many records are known to wait. */
  long lag() {
    return lanes.stream().mapToLong(InputReader::lag).sum();
  }

  /** Makes a {@link #poll} that waits return. Any thread may call it. */
  void wakeup() {
    lanes.forEach(InputReader::wakeup);
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    for (InputReader lane : lanes) {
      try {
        lane.close();
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
