package io.tidemark.coordinator;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.checkpoint.Trigger;
import io.tidemark.coordinator.CheckpointRecord.Cut;
import io.tidemark.coordinator.CheckpointRecord.Durations;
import io.tidemark.coordinator.CheckpointRecord.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes records of checkpoints, and writes and reads them as JSON. */
final class CheckpointRecords {
  private CheckpointRecords() {}

  /** The record of a checkpoint of which the manifest is known. */
  static CheckpointRecord completed(CheckpointManifest manifest, String location, long nowMs) {
    long snapshotMs = 0;
    long uploadMs = 0;
    long uploaded = 0;
    long total = 0;
    int filesUploaded = 0;
    int filesShared = 0;
    Map<TaskName, Cut> cuts = new TreeMap<>();
    for (TaskManifest task : manifest.tasks()) {
      TaskManifest.Work work = task.work();
      snapshotMs = Math.max(snapshotMs, work.snapshotMs());
      uploadMs = Math.max(uploadMs, work.uploadMs());
      uploaded += work.bytesUploaded();
      total += task.totalBytes();
      filesUploaded += work.filesUploaded();
      filesShared += work.filesShared();
      cuts.put(task.task(), new Cut(task.commit(), task.position(), task.totalBytes()));
    }
    return new CheckpointRecord(
        manifest.number(),
        manifest.trigger(),
        manifest.savepoint(),
        manifest.timeline().number(),
        Status.COMPLETED,
        "",
        manifest.startedMs(),
        nowMs,
        new Durations(
            snapshotMs,
            uploadMs,
            manifest.completedMs() - manifest.startedMs(),
            Math.max(0, nowMs - manifest.completedMs())),
        uploaded,
        total,
        filesUploaded,
        filesShared,
        location,
        cuts);
  }

  static CheckpointRecord announced(
      long number, Trigger trigger, String savepoint, int timeline, long nowMs) {
    return new CheckpointRecord(
        number,
        trigger,
        savepoint,
        timeline,
        Status.IN_PROGRESS,
        "",
        nowMs,
        0,
        Durations.NONE,
        0,
        0,
        0,
        0,
        "",
        Map.of());
  }

  static CheckpointRecord failed(CheckpointRecord record, String why, long nowMs) {
    return with(record, Status.FAILED, why, nowMs);
  }

  static CheckpointRecord deleted(CheckpointRecord record) {
    return with(record, Status.DELETED, "", record.endedMs());
  }

  private static CheckpointRecord with(
      CheckpointRecord record, Status status, String why, long endedMs) {
    return new CheckpointRecord(
        record.number(),
        record.trigger(),
        record.savepoint(),
        record.timeline(),
        status,
        why,
        record.startedMs(),
        endedMs,
        record.durations(),
        record.bytesUploaded(),
        record.bytesTotal(),
        record.filesUploaded(),
        record.filesShared(),
        record.location(),
        record.tasks());
  }

  static byte[] encode(CheckpointRecord record) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("number", record.number());
    fields.put("trigger", record.trigger().name());
    fields.put("savepoint", record.savepoint());
    fields.put("timeline", (long) record.timeline());
    fields.put("status", record.status().name());
    fields.put("why", record.why());
    fields.put("startedMs", record.startedMs());
    fields.put("endedMs", record.endedMs());
    fields.put("snapshotMs", record.durations().snapshotMs());
    fields.put("uploadMs", record.durations().uploadMs());
    fields.put("tasksMs", record.durations().tasksMs());
    fields.put("publishMs", record.durations().publishMs());
    fields.put("bytesUploaded", record.bytesUploaded());
    fields.put("bytesTotal", record.bytesTotal());
    fields.put("filesUploaded", (long) record.filesUploaded());
    fields.put("filesShared", (long) record.filesShared());
    fields.put("location", record.location());
    fields.put("tasks", cuts(record));
    return MetadataFields.write(fields);
  }

  private static List<Object> cuts(CheckpointRecord record) {
    List<Object> cuts = new ArrayList<>();
    new TreeMap<>(record.tasks())
        .forEach(
            (task, cut) -> {
              Map<String, Object> fields = new LinkedHashMap<>();
              fields.put("stage", task.stage());
              fields.put("task", (long) task.partition());
              fields.put("commit", cut.commit());
              fields.put("position", cut.position());
              fields.put("bytes", cut.bytes());
              cuts.add(fields);
            });
    return cuts;
  }

  static CheckpointRecord decode(MetadataFields fields) {
    Map<TaskName, Cut> cuts = new TreeMap<>();
    for (MetadataFields cut : fields.objects("tasks")) {
      cuts.put(
          new TaskName(cut.text("stage"), cut.integer("task")),
          new Cut(cut.number("commit"), cut.number("position"), cut.number("bytes")));
    }
    return new CheckpointRecord(
        fields.number("number"),
        Trigger.valueOf(fields.text("trigger")),
        fields.text("savepoint"),
        fields.integer("timeline"),
        Status.valueOf(fields.text("status")),
        fields.text("why"),
        fields.number("startedMs"),
        fields.number("endedMs"),
        new Durations(
            fields.number("snapshotMs"),
            fields.number("uploadMs"),
            fields.number("tasksMs"),
            fields.number("publishMs")),
        fields.number("bytesUploaded"),
        fields.number("bytesTotal"),
        fields.integer("filesUploaded"),
        fields.integer("filesShared"),
        fields.text("location"),
        cuts);
  }
}
