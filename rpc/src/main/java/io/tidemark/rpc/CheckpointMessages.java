package io.tidemark.rpc;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Trigger;
import io.tidemark.coordinator.CheckpointRecord;
import io.tidemark.coordinator.CheckpointRecord.Cut;
import io.tidemark.coordinator.CheckpointRecord.Durations;
import io.tidemark.coordinator.CheckpointRecord.Status;
import io.tidemark.rpc.control.v1.AdminMessages;
import io.tidemark.rpc.control.v1.AdminMessages.CheckpointStatus;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What is remembered of a checkpoint, as a message, and back. Stateless. */
final class CheckpointMessages {
  private CheckpointMessages() {}

  static AdminMessages.Checkpoint message(CheckpointRecord checkpoint) {
    AdminMessages.Checkpoint.Builder message =
        AdminMessages.Checkpoint.newBuilder()
            .setNumber(checkpoint.number())
            .setTrigger(message(checkpoint.trigger()))
            .setSavepoint(checkpoint.savepoint())
            .setTimeline(checkpoint.timeline())
            .setStatus(message(checkpoint.status()))
            .setWhy(checkpoint.why())
            .setStartedMs(checkpoint.startedMs())
            .setEndedMs(checkpoint.endedMs())
            .setDurations(message(checkpoint.durations()))
            .setBytesUploaded(checkpoint.bytesUploaded())
            .setBytesTotal(checkpoint.bytesTotal())
            .setFilesUploaded(checkpoint.filesUploaded())
            .setFilesShared(checkpoint.filesShared())
            .setLocation(checkpoint.location());
    new TreeMap<>(checkpoint.tasks())
        .forEach(
            (task, cut) ->
                message.addTasks(
                    AdminMessages.TaskCut.newBuilder()
                        .setTask(ManifestMessages.message(task))
                        .setCommit(cut.commit())
                        .setPosition(cut.position())
                        .setBytes(cut.bytes())));
    return message.build();
  }

  static CheckpointRecord record(AdminMessages.Checkpoint message) {
    Map<TaskName, Cut> tasks = new HashMap<>();
    for (AdminMessages.TaskCut task : message.getTasksList()) {
      tasks.put(
          ManifestMessages.record(task.getTask()),
          new Cut(task.getCommit(), task.getPosition(), task.getBytes()));
    }
    return new CheckpointRecord(
        message.getNumber(),
        record(message.getTrigger()),
        message.getSavepoint(),
        message.getTimeline(),
        record(message.getStatus()),
        message.getWhy(),
        message.getStartedMs(),
        message.getEndedMs(),
        record(message.getDurations()),
        message.getBytesUploaded(),
        message.getBytesTotal(),
        message.getFilesUploaded(),
        message.getFilesShared(),
        message.getLocation(),
        tasks);
  }

  private static AdminMessages.CheckpointDurations message(Durations durations) {
    return AdminMessages.CheckpointDurations.newBuilder()
        .setSnapshotMs(durations.snapshotMs())
        .setUploadMs(durations.uploadMs())
        .setTasksMs(durations.tasksMs())
        .setPublishMs(durations.publishMs())
        .build();
  }

  private static Durations record(AdminMessages.CheckpointDurations durations) {
    return new Durations(
        durations.getSnapshotMs(),
        durations.getUploadMs(),
        durations.getTasksMs(),
        durations.getPublishMs());
  }

  private static CheckpointStatus message(Status status) {
    return switch (status) {
      case IN_PROGRESS -> CheckpointStatus.IN_PROGRESS;
      case COMPLETED -> CheckpointStatus.COMPLETED;
      case FAILED -> CheckpointStatus.CHECKPOINT_FAILED;
      case DELETED -> CheckpointStatus.DELETED;
    };
  }

  private static Status record(CheckpointStatus status) {
    return switch (status) {
      case IN_PROGRESS -> Status.IN_PROGRESS;
      case COMPLETED -> Status.COMPLETED;
      case CHECKPOINT_FAILED -> Status.FAILED;
      case DELETED -> Status.DELETED;
      case CHECKPOINT_STATUS_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("a checkpoint's status is not known here");
    };
  }

  private static AdminMessages.Trigger message(Trigger trigger) {
    return switch (trigger) {
      case INTERVAL -> AdminMessages.Trigger.INTERVAL;
      case BYTES -> AdminMessages.Trigger.BYTES;
      case RECORDS -> AdminMessages.Trigger.RECORDS;
      case RECOVERY_TARGET -> AdminMessages.Trigger.RECOVERY_TARGET;
      case TASK -> AdminMessages.Trigger.TASK;
      case REQUEST -> AdminMessages.Trigger.REQUEST;
      case SHUTDOWN -> AdminMessages.Trigger.SHUTDOWN;
    };
  }

  private static Trigger record(AdminMessages.Trigger trigger) {
    return switch (trigger) {
      case INTERVAL -> Trigger.INTERVAL;
      case BYTES -> Trigger.BYTES;
      case RECORDS -> Trigger.RECORDS;
      case RECOVERY_TARGET -> Trigger.RECOVERY_TARGET;
      case TASK -> Trigger.TASK;
      case REQUEST -> Trigger.REQUEST;
      case SHUTDOWN -> Trigger.SHUTDOWN;
      case TRIGGER_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("a checkpoint's trigger is not known here");
    };
  }
}
