package io.tidemark.coordinator;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.coordinator.CoordinatorView.CheckpointProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The checkpoint under way: who was told of it and who has acknowledged. Under the same lock. */
final class CheckpointUnderWay {
  private final CheckpointRecord record;
  private final boolean stop;
  private final List<CheckpointRequest> requests;
  private final TreeMap<TaskName, Long> generations = new TreeMap<>();
  private final TreeMap<TaskName, TaskManifest> parts = new TreeMap<>();
  private boolean publishing;

  CheckpointUnderWay(
      CheckpointRecord record,
      boolean stop,
      List<CheckpointRequest> requests,
      Iterable<Seat> seats) {
    this.record = record;
    this.stop = stop;
    this.requests = List.copyOf(requests);
    seats.forEach(seat -> generations.put(seat.task, seat.generation()));
  }

  CheckpointRecord record() {
    return record;
  }

  long number() {
    return record.number();
  }

  boolean stop() {
    return stop;
  }

  List<CheckpointRequest> requests() {
    return requests;
  }

  boolean has(TaskName task) {
    return parts.containsKey(task);
  }

  /** Takes in a part, if it is of the owner that was told of the checkpoint. */
  void acknowledge(ContainerStatus.Snapshot snapshot) {
    TaskName task = snapshot.manifest().task();
    Long generation = generations.get(task);
    if (snapshot.checkpoint() == number()
        && generation != null
        && generation == snapshot.generation()) {
      parts.putIfAbsent(task, snapshot.manifest());
    }
  }

  boolean isAcknowledged() {
    return parts.size() == generations.size();
  }

  /** Whether the task's owner is still the one that was told and has not acknowledged yet. */
  boolean hasLost(Seat seat) {
    Long told = generations.get(seat.task);
    return !has(seat.task) && (seat.owner() == null || told == null || seat.generation() != told);
  }

  /**
   * All parts are there and the manifest is being written; from here it does not fail by itself.
   */
  void publish() {
    publishing = true;
  }

  boolean isPublishing() {
    return publishing;
  }

  Map<TaskName, TaskManifest> parts() {
    return parts;
  }

  CheckpointManifest manifest(String job, Timeline timeline, long nowMs) {
    return new CheckpointManifest(
        job,
        number(),
        record.savepoint(),
        record.trigger(),
        timeline,
        record.startedMs(),
        nowMs,
        new ArrayList<>(parts.values()));
  }

  CheckpointProgress progress() {
    List<TaskName> waitingFor =
        generations.keySet().stream().filter(task -> !parts.containsKey(task)).toList();
    return new CheckpointProgress(record, parts.size(), generations.size(), waitingFor);
  }
}
