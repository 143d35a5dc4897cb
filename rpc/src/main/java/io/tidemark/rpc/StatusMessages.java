package io.tidemark.rpc;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.ReplayTime;
import io.tidemark.checkpoint.RestoreProgress;
import io.tidemark.coordinator.ContainerStatus;
import io.tidemark.coordinator.ContainerStatus.Failure;
import io.tidemark.coordinator.ContainerStatus.Phase;
import io.tidemark.coordinator.ContainerStatus.Snapshot;
import io.tidemark.coordinator.ContainerStatus.SnapshotFailure;
import io.tidemark.coordinator.ContainerStatus.TaskStatus;
import io.tidemark.rpc.control.v1.ControlMessages;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;

/** How a container is, as a message, and back. Stateless. */
final class StatusMessages {
  private StatusMessages() {}

  /** The message, without what only concerns the way: version, waiting. */
  static ControlMessages.ContainerStatus message(ContainerStatus status) {
    ControlMessages.ContainerStatus.Builder message =
        ControlMessages.ContainerStatus.newBuilder()
            .setJob(status.job())
            .setSession(status.session())
            .setSequence(status.sequence())
            .setFollowed(status.followed())
            .setNumber(status.number())
            .setHost(status.host())
            .setAddress(status.address())
            .setWorkers(status.workers())
            .setRequests(status.requests())
            .setLeaving(status.leaving());
    status.tasks().forEach((name, task) -> message.addTasks(message(name, task)));
    status.localState().forEach(task -> message.addLocalState(ManifestMessages.message(task)));
    status.snapshots().forEach(snapshot -> message.addSnapshots(message(snapshot)));
    SnapshotFailure failure = status.snapshotFailure();
    if (failure != null) {
      message.setSnapshotFailure(
          ControlMessages.SnapshotFailure.newBuilder()
              .setCheckpoint(failure.checkpoint())
              .setWhy(failure.why()));
    }
    return message.build();
  }

  /**
   * @throws IllegalArgumentException if a task is in a phase that is not known here
   */
  static ContainerStatus record(ControlMessages.ContainerStatus message) {
    Map<TaskName, TaskStatus> tasks = new HashMap<>();
    for (ControlMessages.TaskStatus task : message.getTasksList()) {
      tasks.put(ManifestMessages.record(task.getTask()), record(task));
    }
    return new ContainerStatus(
        message.getJob(),
        message.getSession(),
        message.getSequence(),
        message.getFollowed(),
        message.getNumber(),
        message.getHost(),
        message.getAddress(),
        message.getWorkers(),
        tasks,
        new HashSet<>(
            ManifestMessages.records(message.getLocalStateList(), ManifestMessages::record)),
        ManifestMessages.records(message.getSnapshotsList(), StatusMessages::record),
        message.hasSnapshotFailure() ? record(message.getSnapshotFailure()) : null,
        message.getRequests(),
        message.getLeaving());
  }

  private static ControlMessages.TaskStatus message(TaskName name, TaskStatus task) {
    ControlMessages.TaskStatus.Builder message =
        ControlMessages.TaskStatus.newBuilder()
            .setTask(ManifestMessages.message(name))
            .setGeneration(task.generation())
            .setPhase(message(task.phase()))
            .setCommit(task.commit())
            .setBytes(task.bytes())
            .setRecords(task.records())
            .setBehind(task.behind());
    RestoreProgress fetching = task.fetching();
    if (fetching != null) {
      message.setFetching(message(fetching));
    }
    ReplayTime replay = task.replay();
    if (replay != null) {
      message.setReplay(
          ControlMessages.ReplayTime.newBuilder().setBytes(replay.bytes()).setMs(replay.ms()));
    }
    Failure failure = task.failure();
    if (failure != null) {
      message.setFailure(message(failure));
    }
    return message.build();
  }

  private static TaskStatus record(ControlMessages.TaskStatus task) {
    return new TaskStatus(
        task.getGeneration(),
        record(task.getPhase()),
        task.getCommit(),
        task.getBytes(),
        task.getRecords(),
        task.getBehind(),
        task.hasFetching() ? record(task.getFetching()) : null,
        task.hasReplay()
            ? new ReplayTime(task.getReplay().getBytes(), task.getReplay().getMs())
            : null,
        task.hasFailure() ? record(task.getFailure()) : null);
  }

  static ControlMessages.RestoreProgress message(RestoreProgress progress) {
    return ControlMessages.RestoreProgress.newBuilder()
        .setBytes(progress.bytes())
        .setTotalBytes(progress.totalBytes())
        .setElapsedMs(progress.elapsedMs())
        .build();
  }

  static RestoreProgress record(ControlMessages.RestoreProgress progress) {
    return new RestoreProgress(
        progress.getBytes(), progress.getTotalBytes(), progress.getElapsedMs());
  }

  static ControlMessages.Failure message(Failure failure) {
    return ControlMessages.Failure.newBuilder()
        .setCode(failure.code())
        .setMessage(failure.message())
        .setFatal(failure.fatal())
        .build();
  }

  static Failure record(ControlMessages.Failure failure) {
    return new Failure(failure.getCode(), failure.getMessage(), failure.getFatal());
  }

  static ControlMessages.Phase message(Phase phase) {
    return switch (phase) {
      case RESTORING -> ControlMessages.Phase.RESTORING;
      case READY -> ControlMessages.Phase.READY;
      case RUNNING -> ControlMessages.Phase.RUNNING;
      case FINISHED -> ControlMessages.Phase.FINISHED;
      case RELEASED -> ControlMessages.Phase.RELEASED;
      case FAILED -> ControlMessages.Phase.FAILED;
    };
  }

  static Phase record(ControlMessages.Phase phase) {
    return switch (phase) {
      case RESTORING -> Phase.RESTORING;
      case READY -> Phase.READY;
      case RUNNING -> Phase.RUNNING;
      case FINISHED -> Phase.FINISHED;
      case RELEASED -> Phase.RELEASED;
      case FAILED -> Phase.FAILED;
      case PHASE_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("a task is in a phase that is not known here");
    };
  }

  private static ControlMessages.Snapshot message(Snapshot snapshot) {
    return ControlMessages.Snapshot.newBuilder()
        .setCheckpoint(snapshot.checkpoint())
        .setGeneration(snapshot.generation())
        .setManifest(ManifestMessages.message(snapshot.manifest()))
        .build();
  }

  private static Snapshot record(ControlMessages.Snapshot snapshot) {
    return new Snapshot(
        snapshot.getCheckpoint(),
        snapshot.getGeneration(),
        ManifestMessages.record(snapshot.getManifest()));
  }

  private static SnapshotFailure record(ControlMessages.SnapshotFailure failure) {
    return new SnapshotFailure(failure.getCheckpoint(), failure.getWhy());
  }
}
