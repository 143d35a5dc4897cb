package io.tidemark.rpc;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.checkpoint.Timeline.Origin;
import io.tidemark.checkpoint.Timeline.Repeat;
import io.tidemark.checkpoint.Timeline.StagePlan;
import io.tidemark.coordinator.Orders;
import io.tidemark.coordinator.Orders.Assignment;
import io.tidemark.rpc.control.v1.ControlMessages;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What is wanted of a container, as a message, and back. Stateless. */
final class OrdersMessages {
  private OrdersMessages() {}

  /** The message, with its fingerprint. Equal orders make equal messages. */
  static ControlMessages.Orders message(Orders orders) {
    ControlMessages.Orders.Builder message =
        ControlMessages.Orders.newBuilder()
            .setEpoch(orders.epoch())
            .setContainer(orders.container())
            .setTimeline(message(orders.timeline()))
            .setCut(orders.cut())
            .setStopAtCut(orders.stopAtCut())
            .setCompleted(orders.completed())
            .setFailed(orders.failed())
            .setStop(orders.stop());
    new TreeMap<>(orders.tasks()).forEach((task, to) -> message.addTasks(message(task, to)));
    new TreeMap<>(orders.keep()).forEach((task, from) -> message.addKeep(message(task, from)));
    new TreeMap<>(orders.placement()).forEach((task, at) -> message.addPlacement(place(task, at)));
    String restoreFrom = orders.restoreFrom();
    if (restoreFrom != null) {
      message.setRestoreFrom(restoreFrom);
    }
    long fingerprint = fingerprint(message.build().toByteArray());
    return message
        .setSequence(orders.sequence())
        .setLeaseMs(orders.leaseMs())
        .setFingerprint(fingerprint)
        .build();
  }

  static Orders record(ControlMessages.Orders message) {
    Map<TaskName, Assignment> tasks = new HashMap<>();
    for (ControlMessages.Assignment task : message.getTasksList()) {
      tasks.put(
          ManifestMessages.record(task.getTask()),
          new Assignment(task.getGeneration(), task.getOpen()));
    }
    Map<TaskName, Long> keep = new HashMap<>();
    for (ControlMessages.Keep task : message.getKeepList()) {
      keep.put(ManifestMessages.record(task.getTask()), task.getPosition());
    }
    Map<TaskName, Integer> placement = new HashMap<>();
    for (ControlMessages.Place task : message.getPlacementList()) {
      placement.put(ManifestMessages.record(task.getTask()), task.getContainer());
    }
    return new Orders(
        message.getEpoch(),
        message.getSequence(),
        message.getContainer(),
        message.getLeaseMs(),
        record(message.getTimeline()),
        tasks,
        message.getCut(),
        message.getStopAtCut(),
        message.getCompleted(),
        message.getFailed(),
        message.hasRestoreFrom() ? message.getRestoreFrom() : null,
        keep,
        placement,
        message.getStop());
  }

  /** Never 0, which stands for no orders. */
  private static long fingerprint(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return ByteBuffer.wrap(digest).getLong() | 1;
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // every JDK has it
    }
  }

  private static ControlMessages.Place place(TaskName task, int container) {
    return ControlMessages.Place.newBuilder()
        .setTask(ManifestMessages.message(task))
        .setContainer(container)
        .build();
  }

  private static ControlMessages.Assignment message(TaskName task, Assignment assignment) {
    return ControlMessages.Assignment.newBuilder()
        .setTask(ManifestMessages.message(task))
        .setGeneration(assignment.generation())
        .setOpen(assignment.open())
        .build();
  }

  private static ControlMessages.Keep message(TaskName task, long position) {
    return ControlMessages.Keep.newBuilder()
        .setTask(ManifestMessages.message(task))
        .setPosition(position)
        .build();
  }

  private static ControlMessages.Repeat message(Repeat repeat) {
    return ControlMessages.Repeat.newBuilder()
        .setBefore(ManifestMessages.message(repeat.input(), repeat.before()))
        .setTasks(repeat.tasks())
        .setPartitions(repeat.partitions())
        .setTask(repeat.task())
        .build();
  }

  private static Repeat record(ControlMessages.Repeat repeat) {
    return new Repeat(
        ManifestMessages.input(repeat.getBefore()),
        repeat.getTasks(),
        repeat.getPartitions(),
        repeat.getTask(),
        repeat.getBefore().getPosition());
  }

  static ControlMessages.Timeline message(Timeline timeline) {
    ControlMessages.Timeline.Builder message =
        ControlMessages.Timeline.newBuilder()
            .setNumber(timeline.number())
            .setJournal(timeline.journal());
    for (StagePlan stage : timeline.stages()) {
      message.addStages(
          ControlMessages.StagePlan.newBuilder()
              .setName(stage.name())
              .setTasks(stage.tasks())
              .setPartitions(stage.partitions())
              .setSlots(stage.slots())
              .addAllRepeats(stage.repeats().stream().map(OrdersMessages::message).toList()));
    }
    for (Origin origin : timeline.origins()) {
      message.addOrigins(
          ControlMessages.Origin.newBuilder()
              .setTimeline(origin.timeline())
              .setCheckpoint(origin.checkpoint()));
    }
    return message.build();
  }

  static Timeline record(ControlMessages.Timeline timeline) {
    return new Timeline(
        timeline.getNumber(),
        timeline.getJournal(),
        ManifestMessages.records(
            timeline.getStagesList(),
            stage ->
                new StagePlan(
                    stage.getName(),
                    stage.getTasks(),
                    stage.getPartitions(),
                    stage.getSlots(),
                    ManifestMessages.records(stage.getRepeatsList(), OrdersMessages::record))),
        ManifestMessages.records(
            timeline.getOriginsList(),
            origin -> new Origin(origin.getTimeline(), origin.getCheckpoint())));
  }
}
