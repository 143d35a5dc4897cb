package io.tidemark.cli.checkpoints;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.EngineManifest;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.SlotDigest;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.coordinator.CheckpointRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A checkpoint's metadata, for people and for programs. */
final class Description {
  static final List<String> COLUMNS =
      List.of(
          "NUMBER",
          "SAVEPOINT",
          "TRIGGER",
          "COMPLETED",
          "MS",
          "TASKS",
          "SIZE",
          "UPLOADED",
          "STATUS");

  private Description() {}

  static List<String> row(Catalog.Entry entry) {
    CheckpointManifest manifest = entry.manifest();
    if (manifest == null) {
      boolean numbered = entry.location().number() > 0;
      return List.of(
          numbered ? Long.toString(entry.location().number()) : "?",
          entry.location().name(),
          "?",
          "?",
          "?",
          "?",
          "?",
          "?",
          "damaged: " + damage(entry));
    }
    return List.of(
        Long.toString(manifest.number()),
        manifest.savepoint(),
        trigger(manifest),
        Output.seconds(manifest.completedMs()),
        Long.toString(manifest.completedMs() - manifest.startedMs()),
        Integer.toString(manifest.tasks().size()),
        Output.bytes(totalBytes(manifest)),
        Output.bytes(uploaded(manifest)),
        "completed");
  }

  static Map<String, @Nullable Object> summary(Catalog.Entry entry) {
    CheckpointManifest manifest = entry.manifest();
    if (manifest == null) {
      return Output.object(
          "location", entry.location(), "status", "damaged", "damage", damage(entry));
    }
    return Output.object(
        "location", entry.location(),
        "status", "completed",
        "job", manifest.job(),
        "number", manifest.number(),
        "savepoint", manifest.savepoint(),
        "trigger", trigger(manifest),
        "timeline", manifest.timeline().number(),
        "started", Output.time(manifest.startedMs()),
        "completed", Output.time(manifest.completedMs()),
        "durationMs", manifest.completedMs() - manifest.startedMs(),
        "tasks", manifest.tasks().size(),
        "bytes", totalBytes(manifest),
        "bytesUploaded", uploaded(manifest),
        "filesUploaded", sum(manifest, TaskManifest.Work::filesUploaded),
        "filesShared", sum(manifest, TaskManifest.Work::filesShared));
  }

  /** Of one that is not in the blob store, or was just completed. */
  static List<String> row(CheckpointRecord record) {
    boolean ended = record.endedMs() > 0;
    return List.of(
        Long.toString(record.number()),
        record.savepoint(),
        name(record.trigger()),
        ended ? Output.seconds(record.endedMs()) : "",
        ended ? Long.toString(record.endedMs() - record.startedMs()) : "",
        Integer.toString(record.tasks().size()),
        Output.bytes(record.bytesTotal()),
        Output.bytes(record.bytesUploaded()),
        name(record.status()) + (record.why().isEmpty() ? "" : ": " + record.why()));
  }

  static Map<String, @Nullable Object> summary(CheckpointRecord record) {
    boolean ended = record.endedMs() > 0;
    return Output.object(
        "location", location(record),
        "status", name(record.status()),
        "why", record.why(),
        "number", record.number(),
        "savepoint", record.savepoint(),
        "trigger", name(record.trigger()),
        "timeline", record.timeline(),
        "started", Output.time(record.startedMs()),
        "completed", ended ? Output.time(record.endedMs()) : null,
        "durationMs", ended ? record.endedMs() - record.startedMs() : null,
        "tasks", record.tasks().size(),
        "bytes", record.bytesTotal(),
        "bytesUploaded", record.bytesUploaded(),
        "filesUploaded", record.filesUploaded(),
        "filesShared", record.filesShared());
  }

  static Location location(CheckpointRecord record) {
    return record.isSavepoint()
        ? Location.savepoint(record.savepoint())
        : Location.checkpoint(record.number());
  }

  private static String damage(Catalog.Entry entry) {
    return String.valueOf(Objects.requireNonNull(entry.damage()).getMessage());
  }

  static Map<String, @Nullable Object> whole(Catalog.Entry entry) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>(summary(entry));
    CheckpointManifest manifest = entry.require();
    all.put("journal", manifest.timeline().journal());
    all.put(
        "origins",
        manifest.timeline().origins().stream()
            .map(
                origin ->
                    Output.object("timeline", origin.timeline(), "checkpoint", origin.checkpoint()))
            .toList());
    all.put("parts", manifest.tasks().stream().map(Description::part).toList());
    return all;
  }

  private static Map<String, @Nullable Object> part(TaskManifest task) {
    Map<String, @Nullable Object> positions = new TreeMap<>();
    task.positions().forEach((input, offset) -> positions.put(input.toString(), offset));
    return Output.object(
        "task", task.task(),
        "commit", task.commit(),
        "position", task.position(),
        "time", Output.time(task.timeMs()),
        "positions", positions,
        "bytes", task.totalBytes(),
        "bytesUploaded", task.work().bytesUploaded(),
        "filesUploaded", task.work().filesUploaded(),
        "filesShared", task.work().filesShared(),
        "snapshotMs", task.work().snapshotMs(),
        "uploadMs", task.work().uploadMs(),
        "engines", task.engines().stream().map(Description::engine).toList(),
        "segments",
            task.segments().stream()
                .map(
                    segment ->
                        Output.object(
                            "from", segment.from(), "to", segment.to(), "bytes", segment.size()))
                .toList());
  }

  private static Map<String, @Nullable Object> engine(EngineManifest engine) {
    Map<String, @Nullable Object> stores = new TreeMap<>();
    engine
        .digests()
        .forEach(
            (store, slots) -> {
              SlotDigest all = slots.values().stream().reduce(SlotDigest.EMPTY, SlotDigest::plus);
              stores.put(store, Output.object("entries", all.entries(), "digest", digest(all)));
            });
    return Output.object(
        "type", engine.type(),
        "commit", engine.commit(),
        "files", engine.files().size(),
        "bytes", engine.files().stream().mapToLong(file -> file.size()).sum(),
        "stores", stores);
  }

  static String digest(SlotDigest digest) {
    return String.format(Locale.ROOT, "%016x%016x", digest.first(), digest.second());
  }

  /** The whole as lines for people. */
  static List<String> lines(Catalog.Entry entry) {
    CheckpointManifest manifest = entry.require();
    List<String> lines = new ArrayList<>();
    lines.add(entry.location() + " of " + manifest.job());
    lines.add(
        String.format(
            "  number %d, trigger %s, timeline %d (%s)",
            manifest.number(),
            trigger(manifest),
            manifest.timeline().number(),
            manifest.timeline().journal()));
    lines.add(
        String.format(
            "  from %s to %s, %d ms",
            Output.time(manifest.startedMs()),
            Output.time(manifest.completedMs()),
            manifest.completedMs() - manifest.startedMs()));
    lines.add(
        String.format(
            "  %s in all; %s in %d blobs uploaded, %d files shared",
            Output.bytes(totalBytes(manifest)),
            Output.bytes(uploaded(manifest)),
            sum(manifest, TaskManifest.Work::filesUploaded),
            sum(manifest, TaskManifest.Work::filesShared)));
    manifest.tasks().forEach(task -> addTask(lines, task));
    return lines;
  }

  private static void addTask(List<String> lines, TaskManifest task) {
    lines.add(
        String.format(
            "task %s: commit %d at %d, %s; %s, of which %s uploaded (snapshot %d ms, upload %d ms)",
            task.task(),
            task.commit(),
            task.position(),
            Output.time(task.timeMs()),
            Output.bytes(task.totalBytes()),
            Output.bytes(task.work().bytesUploaded()),
            task.work().snapshotMs(),
            task.work().uploadMs()));
    task.positions().entrySet().stream()
        .sorted(Comparator.comparing((Map.Entry<SystemStreamPartition, String> e) -> "" + e))
        .forEach(position -> lines.add("  at " + position.getValue() + " of " + position.getKey()));
    for (EngineManifest engine : task.engines()) {
      lines.add(
          String.format(
              "  %s at commit %d, %d files",
              engine.type(), engine.commit(), engine.files().size()));
      new TreeMap<>(engine.digests())
          .forEach(
              (store, slots) -> {
                SlotDigest all = slots.values().stream().reduce(SlotDigest.EMPTY, SlotDigest::plus);
                lines.add(
                    String.format(
                        "    %s: %d entries, digest %s", store, all.entries(), digest(all)));
              });
    }
    task.segments()
        .forEach(
            segment ->
                lines.add(
                    String.format(
                        "  journal from block %d to %d, %s",
                        segment.from(), segment.to(), Output.bytes(segment.size()))));
  }

  private static String trigger(CheckpointManifest manifest) {
    return name(manifest.trigger());
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static long totalBytes(CheckpointManifest manifest) {
    return manifest.tasks().stream().mapToLong(TaskManifest::totalBytes).sum();
  }

  private static long uploaded(CheckpointManifest manifest) {
    return sum(manifest, TaskManifest.Work::bytesUploaded);
  }

  private static long sum(
      CheckpointManifest manifest, java.util.function.ToLongFunction<TaskManifest.Work> part) {
    return manifest.tasks().stream().map(TaskManifest::work).mapToLong(part).sum();
  }
}
