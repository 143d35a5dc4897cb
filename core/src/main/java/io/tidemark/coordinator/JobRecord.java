package io.tidemark.coordinator;

import io.tidemark.api.Partition;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.checkpoint.Timeline;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a coordinator must not forget of its job; the entry {@code job} of the metadata. Every
 * decision that another coordinator must not take as well is written here first.
 *
 * @param job the job's name and id
 * @param epoch counts the job's coordinators
 * @param generations the highest generation that may have been given out
 * @param checkpoints the highest number of a checkpoint that may have been announced
 * @param completed the newest completed checkpoint of this timeline, or the one that it was begun
 *     from; 0 if there is none
 * @param restoreFrom where the manifest of {@code completed} is; empty if there is none
 * @param start the wish that the timeline was begun by; empty on the first
 * @param stopping whether the job was told to stop
 * @param timeline the timeline that the job is on
 * @param containers those whose lease may run
 */
record JobRecord(
    String job,
    long epoch,
    long generations,
    long checkpoints,
    long completed,
    String restoreFrom,
    String start,
    boolean stopping,
    Timeline timeline,
    List<Registered> containers) {
  JobRecord {
    containers = List.copyOf(containers);
  }

  /** A container that has a number. */
  record Registered(int number, String session, String host, String address, int workers) {}

  JobRecord withEpoch(long newEpoch) {
    return new JobRecord(
        job,
        newEpoch,
        generations,
        checkpoints,
        completed,
        restoreFrom,
        start,
        stopping,
        timeline,
        containers);
  }

  JobRecord withGenerations(long highest) {
    return new JobRecord(
        job,
        epoch,
        highest,
        checkpoints,
        completed,
        restoreFrom,
        start,
        stopping,
        timeline,
        containers);
  }

  JobRecord withCheckpoints(long highest) {
    return new JobRecord(
        job,
        epoch,
        generations,
        highest,
        completed,
        restoreFrom,
        start,
        stopping,
        timeline,
        containers);
  }

  JobRecord withCompleted(long number, String location, boolean stop) {
    return new JobRecord(
        job,
        epoch,
        generations,
        Math.max(checkpoints, number),
        number,
        location,
        start,
        stopping || stop,
        timeline,
        containers);
  }

  JobRecord withStopping(boolean stop) {
    return new JobRecord(
        job,
        epoch,
        generations,
        checkpoints,
        completed,
        restoreFrom,
        start,
        stop,
        timeline,
        containers);
  }

  JobRecord withContainers(List<Registered> registered) {
    return new JobRecord(
        job,
        epoch,
        generations,
        checkpoints,
        completed,
        restoreFrom,
        start,
        stopping,
        timeline,
        registered);
  }

  byte[] encode() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("format", 1L);
    fields.put("job", job);
    fields.put("epoch", epoch);
    fields.put("generations", generations);
    fields.put("checkpoints", checkpoints);
    fields.put("completed", completed);
    fields.put("restoreFrom", restoreFrom);
    fields.put("start", start);
    fields.put("stopping", stopping);
    fields.put("timeline", encode(timeline));
    fields.put("containers", containers.stream().<Object>map(JobRecord::encode).toList());
    return MetadataFields.write(fields);
  }

  private static Map<String, Object> encode(Registered container) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("number", (long) container.number());
    fields.put("session", container.session());
    fields.put("host", container.host());
    fields.put("address", container.address());
    fields.put("workers", (long) container.workers());
    return fields;
  }

  private static Map<String, Object> encode(Timeline.Repeat repeat) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("system", repeat.input().getSystem());
    fields.put("stream", repeat.input().getStream());
    fields.put("partition", (long) repeat.input().getPartition().id());
    fields.put("tasks", (long) repeat.tasks());
    fields.put("partitions", (long) repeat.partitions());
    fields.put("task", (long) repeat.task());
    fields.put("before", repeat.before());
    return fields;
  }

  private static Map<String, Object> encode(Timeline timeline) {
    List<Object> stages = new ArrayList<>();
    for (Timeline.StagePlan stage : timeline.stages()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("name", stage.name());
      fields.put("tasks", (long) stage.tasks());
      fields.put("partitions", (long) stage.partitions());
      fields.put("slots", (long) stage.slots());
      if (!stage.repeats().isEmpty()) {
        fields.put("repeats", stage.repeats().stream().<Object>map(JobRecord::encode).toList());
      }
      stages.add(fields);
    }
    List<Object> origins = new ArrayList<>();
    for (Timeline.Origin origin : timeline.origins()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("timeline", (long) origin.timeline());
      fields.put("checkpoint", origin.checkpoint());
      origins.add(fields);
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("number", (long) timeline.number());
    fields.put("journal", timeline.journal());
    fields.put("stages", stages);
    fields.put("origins", origins);
    return fields;
  }

  static JobRecord decode(MetadataFields fields) {
    if (fields.number("format") != 1) {
      throw new IllegalArgumentException("it has format " + fields.number("format") + ", not 1");
    }
    List<Registered> containers = new ArrayList<>();
    for (MetadataFields container : fields.objects("containers")) {
      containers.add(
          new Registered(
              container.integer("number"),
              container.text("session"),
              container.text("host"),
              container.text("address"),
              container.integer("workers")));
    }
    return new JobRecord(
        fields.text("job"),
        fields.number("epoch"),
        fields.number("generations"),
        fields.number("checkpoints"),
        fields.number("completed"),
        fields.text("restoreFrom"),
        fields.text("start"),
        fields.truth("stopping"),
        timeline(fields.object("timeline")),
        containers);
  }

  private static Timeline timeline(MetadataFields fields) {
    List<Timeline.StagePlan> stages = new ArrayList<>();
    for (MetadataFields stage : fields.objects("stages")) {
      stages.add(
          new Timeline.StagePlan(
              stage.text("name"),
              stage.integer("tasks"),
              stage.integer("partitions"),
              stage.integer("slots"),
              stage.objectsIfAny("repeats").stream().map(JobRecord::repeat).toList()));
    }
    List<Timeline.Origin> origins = new ArrayList<>();
    for (MetadataFields origin : fields.objects("origins")) {
      origins.add(new Timeline.Origin(origin.integer("timeline"), origin.number("checkpoint")));
    }
    return new Timeline(fields.integer("number"), fields.text("journal"), stages, origins);
  }

  private static Timeline.Repeat repeat(MetadataFields fields) {
    return new Timeline.Repeat(
        new SystemStreamPartition(
            fields.text("system"),
            fields.text("stream"),
            new Partition(fields.integer("partition"))),
        fields.integer("tasks"),
        fields.integer("partitions"),
        fields.integer("task"),
        fields.text("before"));
  }
}
