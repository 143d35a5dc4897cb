package io.tidemark.coordinator;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.ReplayTime;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.coordinator.ContainerStatus.Failure;
import io.tidemark.coordinator.ContainerStatus.Phase;
import io.tidemark.coordinator.ContainerStatus.Snapshot;
import io.tidemark.coordinator.ContainerStatus.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A container that follows orders and runs nothing. */
final class FakeContainer {
  static final String JOB = "totals-1";

  /** A task as it is here. */
  static final class Held {
    long generation;
    Phase phase = Phase.RESTORING;
    boolean mayRun;
    boolean isLeft;
    long bytes;
    long records;
    long lastCut;
    long overFrom;

    private Held(long generation) {
      this.generation = generation;
    }

    boolean isOver() {
      return phase == Phase.RELEASED || phase == Phase.FAILED;
    }
  }

  final String session;
  final TreeMap<TaskName, Held> tasks = new TreeMap<>();
  final TreeMap<TaskName, Snapshot> snapshots = new TreeMap<>();
  final TreeMap<TaskName, Long> letGo = new TreeMap<>();
  final Set<TaskName> localState = new TreeSet<>();
  int wantedNumber;
  int number = -1;
  int workers = 1;
  long sequence;
  long followed;
  long epoch;
  long leaseEndMs = Long.MIN_VALUE;
  long requests;
  boolean leaving;
  boolean stopped;
  long completed;
  long bytesOfAStep = 100;
  @Nullable ReplayTime replay;

  FakeContainer(String session, int wantedNumber) {
    this.session = session;
    this.wantedNumber = wantedNumber;
  }

  ContainerStatus status() {
    Map<TaskName, TaskStatus> told = new TreeMap<>();
    tasks.forEach(
        (task, held) ->
            told.put(
                task,
                new TaskStatus(
                    held.generation,
                    held.phase,
                    held.records,
                    held.bytes,
                    held.records,
                    0,
                    null,
                    held.phase == Phase.READY ? replay : null,
                    held.phase == Phase.FAILED
                        ? new Failure("TM-3003", "it broke", false)
                        : null)));
    sequence++;
    tasks.values().stream()
        .filter(held -> held.isOver() && held.overFrom == 0)
        .forEach(held -> held.overFrom = sequence);
    return new ContainerStatus(
        JOB,
        session,
        sequence,
        followed,
        number >= 0 ? number : wantedNumber,
        "host",
        "",
        workers,
        told,
        localState,
        new ArrayList<>(snapshots.values()),
        null,
        requests,
        leaving);
  }

  /** Follows orders; the tasks that it may take possession of only now. */
  List<TaskName> follow(Orders orders, long askedSequence, long askedMs) {
    List<TaskName> opened = new ArrayList<>();
    if (orders.sequence() <= followed) {
      return opened;
    }
    followed = orders.sequence();
    epoch = orders.epoch();
    leaseEndMs = Math.max(leaseEndMs, askedMs + orders.leaseMs());
    number = orders.container();
    completed = Math.max(completed, orders.completed());
    stopped = orders.stop();
    for (TaskName task : new ArrayList<>(tasks.keySet())) {
      if (!orders.tasks().containsKey(task) || orders.stop()) {
        leave(task, askedSequence);
      }
    }
    if (!orders.stop()) {
      orders
          .tasks()
          .forEach(
              (task, wanted) -> {
                if (take(task, wanted)) {
                  opened.add(task);
                }
              });
    }
    cut(orders);
    return opened;
  }

  private void leave(TaskName task, long askedSequence) {
    Held held = held(task);
    if (held.isOver() ? held.overFrom > 0 && askedSequence >= held.overFrom : !held.mayRun) {
      tasks.remove(task);
      snapshots.remove(task);
      letGo.merge(task, held.isOver() ? held.generation : 0, Math::max);
    } else {
      held.isLeft = true;
    }
  }

  Held held(TaskName task) {
    Held held = tasks.get(task);
    if (held == null) {
      throw new IllegalStateException("no " + task);
    }
    return held;
  }

  private boolean take(TaskName task, Orders.Assignment wanted) {
    Held held = tasks.get(task);
    if (held == null
        || (wanted.generation() != held.generation && (held.isOver() || held.mayRun))) {
      if (held != null) {
        letGo.merge(task, held.generation, Math::max);
      }
      held = new Held(wanted.generation());
      if (wanted.generation() <= letGo.getOrDefault(task, 0L)) {
        held.phase = Phase.RELEASED;
      }
      tasks.put(task, held);
      snapshots.remove(task);
    }
    held.generation = wanted.generation();
    held.isLeft = false;
    boolean isNew = wanted.open() && !held.mayRun && !held.isOver();
    held.mayRun |= isNew;
    return isNew;
  }

  private void cut(Orders orders) {
    snapshots.values().removeIf(part -> part.checkpoint() != orders.cut());
    tasks.forEach(
        (task, held) -> {
          boolean runs = held.phase == Phase.RUNNING || held.phase == Phase.FINISHED;
          if (runs && orders.cut() > held.lastCut) {
            held.lastCut = orders.cut();
            snapshots.put(
                task, new Snapshot(orders.cut(), held.generation, part(task, held.generation)));
          }
        });
  }

  /** A part that tells the generation by its commit. */
  static TaskManifest part(TaskName task, long generation) {
    return new TaskManifest(
        task,
        1,
        1,
        1,
        generation,
        generation * 10,
        0,
        Map.of(),
        List.of(),
        List.of(),
        List.of(),
        new TaskManifest.Work(1, 1, 1, 1, 1));
  }

  /** Lets every task take its next step. */
  void work() {
    for (Held held : tasks.values()) {
      switch (held.phase) {
        case RESTORING -> held.phase = Phase.READY;
        case READY -> held.phase = held.mayRun ? Phase.RUNNING : Phase.READY;
        case RUNNING -> {
          held.bytes += bytesOfAStep;
          held.records += 10;
        }
        default -> {}
      }
      if (held.isLeft && !held.isOver()) {
        held.phase = Phase.RELEASED;
      }
    }
  }

  /** Exchanges directly. */
  FakeContainer exchange(Coordination coordination, long nowMs) {
    ContainerStatus status = status();
    follow(coordination.exchange(status), status.sequence(), nowMs);
    return this;
  }

  List<TaskName> in(Phase phase) {
    return tasks.entrySet().stream()
        .filter(entry -> entry.getValue().phase == phase)
        .map(Map.Entry::getKey)
        .toList();
  }
}
