package io.tidemark.rpc;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.RestoreProgress;
import io.tidemark.coordinator.ContainerStatus.Failure;
import io.tidemark.coordinator.ContainerStatus.Phase;
import io.tidemark.coordinator.CoordinatorView;
import io.tidemark.coordinator.CoordinatorView.CheckpointProgress;
import io.tidemark.coordinator.CoordinatorView.ContainerView;
import io.tidemark.coordinator.CoordinatorView.Health;
import io.tidemark.coordinator.CoordinatorView.RecoveryPrediction;
import io.tidemark.coordinator.CoordinatorView.Stop;
import io.tidemark.coordinator.CoordinatorView.TaskView;
import io.tidemark.rpc.control.v1.AdminMessages;
import io.tidemark.rpc.control.v1.ControlMessages;

/** How a job is, as a message, and back. Stateless. */
final class ViewMessages {
  private ViewMessages() {}

  static AdminMessages.JobView message(CoordinatorView view) {
    AdminMessages.JobView.Builder message =
        AdminMessages.JobView.newBuilder()
            .setJob(view.job())
            .setEpoch(view.epoch())
            .setTimeline(OrdersMessages.message(view.timeline()))
            .setStop(message(view.stop()))
            .setHealthy(view.health().healthy())
            .addAllReasons(view.health().reasons())
            .setRecovery(message(view.recovery()));
    view.containers().forEach(container -> message.addContainers(message(container)));
    view.tasks().forEach(task -> message.addTasks(message(task)));
    CheckpointProgress underWay = view.underWay();
    if (underWay != null) {
      message.setUnderWay(message(underWay));
    }
    return message.build();
  }

  static CoordinatorView record(AdminMessages.JobView message) {
    return new CoordinatorView(
        message.getJob(),
        message.getEpoch(),
        OrdersMessages.record(message.getTimeline()),
        record(message.getStop()),
        new Health(message.getHealthy(), message.getReasonsList()),
        ManifestMessages.records(message.getContainersList(), ViewMessages::record),
        ManifestMessages.records(message.getTasksList(), ViewMessages::record),
        message.hasUnderWay() ? record(message.getUnderWay()) : null,
        record(message.getRecovery()));
  }

  private static AdminMessages.Stop message(Stop stop) {
    return switch (stop) {
      case NOT_WANTED -> AdminMessages.Stop.NOT_WANTED;
      case CHECKPOINT_FIRST -> AdminMessages.Stop.CHECKPOINT_FIRST;
      case ORDERED -> AdminMessages.Stop.ORDERED;
    };
  }

  private static Stop record(AdminMessages.Stop stop) {
    return switch (stop) {
      case NOT_WANTED -> Stop.NOT_WANTED;
      case CHECKPOINT_FIRST -> Stop.CHECKPOINT_FIRST;
      case ORDERED -> Stop.ORDERED;
      case STOP_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("how far stopping is, is not known here");
    };
  }

  private static AdminMessages.ContainerView message(ContainerView container) {
    return AdminMessages.ContainerView.newBuilder()
        .setNumber(container.number())
        .setSession(container.session())
        .setHost(container.host())
        .setAddress(container.address())
        .setWorkers(container.workers())
        .setSilentMs(container.silentMs())
        .setLeaving(container.leaving())
        .build();
  }

  private static ContainerView record(AdminMessages.ContainerView container) {
    return new ContainerView(
        container.getNumber(),
        container.getSession(),
        container.getHost(),
        container.getAddress(),
        container.getWorkers(),
        container.getSilentMs(),
        container.getLeaving());
  }

  private static AdminMessages.TaskView message(TaskView task) {
    AdminMessages.TaskView.Builder message =
        AdminMessages.TaskView.newBuilder()
            .setTask(ManifestMessages.message(task.task()))
            .setContainer(task.container())
            .setGeneration(task.generation())
            .setNext(task.next())
            .setCommit(task.commit())
            .setBehind(task.behind())
            .setFailures(task.failures());
    Phase phase = task.phase();
    if (phase != null) {
      message.setPhase(StatusMessages.message(phase));
    }
    RestoreProgress fetching = task.fetching();
    if (fetching != null) {
      message.setFetching(StatusMessages.message(fetching));
    }
    Failure failure = task.failure();
    if (failure != null) {
      message.setFailure(StatusMessages.message(failure));
    }
    return message.build();
  }

  private static TaskView record(AdminMessages.TaskView task) {
    boolean isKnown = task.getPhase() != ControlMessages.Phase.PHASE_UNSPECIFIED;
    return new TaskView(
        ManifestMessages.record(task.getTask()),
        task.getContainer(),
        task.getGeneration(),
        isKnown ? StatusMessages.record(task.getPhase()) : null,
        task.getNext(),
        task.getCommit(),
        task.getBehind(),
        task.hasFetching() ? StatusMessages.record(task.getFetching()) : null,
        task.getFailures(),
        task.hasFailure() ? StatusMessages.record(task.getFailure()) : null);
  }

  private static AdminMessages.CheckpointProgress message(CheckpointProgress progress) {
    AdminMessages.CheckpointProgress.Builder message =
        AdminMessages.CheckpointProgress.newBuilder()
            .setCheckpoint(CheckpointMessages.message(progress.checkpoint()))
            .setAcknowledged(progress.acknowledged())
            .setTasks(progress.tasks());
    progress.waitingFor().forEach(task -> message.addWaitingFor(ManifestMessages.message(task)));
    return message.build();
  }

  private static CheckpointProgress record(AdminMessages.CheckpointProgress progress) {
    return new CheckpointProgress(
        CheckpointMessages.record(progress.getCheckpoint()),
        progress.getAcknowledged(),
        progress.getTasks(),
        ManifestMessages.records(progress.getWaitingForList(), ManifestMessages::record));
  }

  private static AdminMessages.RecoveryPrediction message(RecoveryPrediction recovery) {
    AdminMessages.RecoveryPrediction.Builder message =
        AdminMessages.RecoveryPrediction.newBuilder()
            .setPredictedMs(recovery.predictedMs())
            .setDownloadBytesPerSecond(recovery.downloadBytesPerSecond())
            .setReplayBytesPerSecond(recovery.replayBytesPerSecond());
    TaskName task = recovery.task();
    if (task != null) {
      message.setTask(ManifestMessages.message(task));
    }
    return message.build();
  }

  private static RecoveryPrediction record(AdminMessages.RecoveryPrediction recovery) {
    return new RecoveryPrediction(
        recovery.hasTask() ? ManifestMessages.record(recovery.getTask()) : null,
        recovery.getPredictedMs(),
        recovery.getDownloadBytesPerSecond(),
        recovery.getReplayBytesPerSecond());
  }
}
