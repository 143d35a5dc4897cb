package io.tidemark.checkpoint;

import io.tidemark.api.Partition;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.journal.StoreIdentity;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Manifests as JSON objects and back. Fields have one order; maps are in the order of keys. */
final class ManifestJson {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private ManifestJson() {}

  static Map<String, Object> write(CheckpointManifest manifest) {
    Timeline timeline = manifest.timeline();
    return object(
        "job", manifest.job(),
        "number", manifest.number(),
        "savepoint", manifest.savepoint(),
        "trigger", manifest.trigger().name().toLowerCase(Locale.ROOT),
        "startedMs", manifest.startedMs(),
        "completedMs", manifest.completedMs(),
        "timeline",
            object(
                "number", (long) timeline.number(),
                "journal", timeline.journal(),
                "stages", list(timeline.stages(), ManifestJson::write),
                "origins", list(timeline.origins(), ManifestJson::write)),
        "tasks", list(manifest.tasks(), ManifestJson::write));
  }

  /** Reads what {@link #write(CheckpointManifest)} wrote; the caller ends the outermost object. */
  static CheckpointManifest read(JsonFields fields) {
    return new CheckpointManifest(
        fields.text("job"),
        fields.number("number", 1, Long.MAX_VALUE),
        fields.text("savepoint"),
        fields.parsed(
            "trigger",
            "what causes a checkpoint",
            text -> Trigger.valueOf(text.toUpperCase(Locale.ROOT))),
        timeline(fields.object("timeline")),
        fields.number("startedMs"),
        fields.number("completedMs"),
        fields.objects("tasks", ManifestJson::readTask));
  }

  private static Timeline timeline(JsonFields fields) {
    Timeline timeline =
        new Timeline(
            fields.number32("number", 0),
            fields.text("journal"),
            fields.objects(
                "stages",
                stage ->
                    new Timeline.StagePlan(
                        stage.text("name"),
                        stage.number32("tasks", 1),
                        stage.number32("partitions", 1),
                        stage.number32("slots", 1),
                        stage.objectsIfAny("repeats", ManifestJson::readRepeat))),
            fields.objects(
                "origins",
                origin ->
                    new Timeline.Origin(
                        origin.number32("timeline", 1), origin.number("checkpoint"))));
    fields.end();
    return timeline;
  }

  private static Map<String, Object> write(Timeline.StagePlan stage) {
    Map<String, Object> written =
        object(
            "name", stage.name(),
            "tasks", (long) stage.tasks(),
            "partitions", (long) stage.partitions(),
            "slots", (long) stage.slots());
    if (!stage.repeats().isEmpty()) {
      written.put("repeats", list(stage.repeats(), ManifestJson::write));
    }
    return written;
  }

  private static Map<String, Object> write(Timeline.Repeat repeat) {
    return object(
        "system", repeat.input().getSystem(),
        "stream", repeat.input().getStream(),
        "partition", (long) repeat.input().getPartition().id(),
        "tasks", (long) repeat.tasks(),
        "partitions", (long) repeat.partitions(),
        "task", (long) repeat.task(),
        "before", repeat.before());
  }

  private static Timeline.Repeat readRepeat(JsonFields repeat) {
    return new Timeline.Repeat(
        readInput(repeat),
        repeat.number32("tasks", 1),
        repeat.number32("partitions", 1),
        repeat.number32("task", 0),
        repeat.text("before"));
  }

  private static SystemStreamPartition readInput(JsonFields fields) {
    return new SystemStreamPartition(
        fields.text("system"),
        fields.text("stream"),
        new Partition(fields.number32("partition", 0)));
  }

  private static Map<String, Object> write(Timeline.Origin origin) {
    return object("timeline", (long) origin.timeline(), "checkpoint", origin.checkpoint());
  }

  static Map<String, Object> write(TaskManifest task) {
    TaskManifest.Work work = task.work();
    return object(
        "stage", task.task().stage(),
        "partition", (long) task.task().partition(),
        "tasks", (long) task.tasks(),
        "partitions", (long) task.partitions(),
        "slots", (long) task.slots(),
        "commit", task.commit(),
        "position", task.position(),
        "timeMs", task.timeMs(),
        "positions", positions(task.positions()),
        "stores", list(task.stores(), ManifestJson::write),
        "engines", list(task.engines(), ManifestJson::write),
        "segments", list(task.segments(), ManifestJson::write),
        "work",
            object(
                "bytesUploaded", work.bytesUploaded(),
                "filesUploaded", (long) work.filesUploaded(),
                "filesShared", (long) work.filesShared(),
                "snapshotMs", work.snapshotMs(),
                "uploadMs", work.uploadMs()));
  }

  static TaskManifest readTask(JsonFields fields) {
    return new TaskManifest(
        new TaskName(fields.text("stage"), fields.number32("partition", 0)),
        fields.number32("tasks", 1),
        fields.number32("partitions", 1),
        fields.number32("slots", 1),
        fields.number("commit"),
        fields.number("position"),
        fields.number("timeMs", Long.MIN_VALUE, Long.MAX_VALUE),
        readPositions(fields),
        fields.objects("stores", ManifestJson::readStore),
        fields.objects("engines", ManifestJson::readEngine),
        fields.objects("segments", ManifestJson::readSegment),
        work(fields.object("work")));
  }

  private static TaskManifest.Work work(JsonFields fields) {
    TaskManifest.Work work =
        new TaskManifest.Work(
            fields.number("bytesUploaded"),
            fields.number32("filesUploaded", 0),
            fields.number32("filesShared", 0),
            fields.number("snapshotMs"),
            fields.number("uploadMs"));
    fields.end();
    return work;
  }

  private static List<Object> positions(Map<SystemStreamPartition, String> positions) {
    List<Map.Entry<SystemStreamPartition, String>> sorted =
        positions.entrySet().stream()
            .sorted(
                Comparator.comparing(
                    Map.Entry::getKey,
                    Comparator.comparing(SystemStreamPartition::getSystem)
                        .thenComparing(SystemStreamPartition::getStream)
                        .thenComparing(input -> input.getPartition().id())))
            .toList();
    return list(
        sorted,
        position ->
            object(
                "system", position.getKey().getSystem(),
                "stream", position.getKey().getStream(),
                "partition", (long) position.getKey().getPartition().id(),
                "offset", position.getValue()));
  }

  private static Map<SystemStreamPartition, String> readPositions(JsonFields fields) {
    Map<SystemStreamPartition, String> positions = new HashMap<>();
    fields.objects(
        "positions",
        position -> {
          SystemStreamPartition input = readInput(position);
          if (positions.put(input, position.text("offset")) != null) {
            throw new IllegalArgumentException("positions has " + input + " twice");
          }
          return input;
        });
    return positions;
  }

  private static Map<String, Object> write(StoreIdentity store) {
    return object(
        "name", store.name(),
        "format", (long) store.format(),
        "keySchema", store.keySchema(),
        "scope", store.scope(),
        "partitioningKey", store.partitioningKey(),
        "valueSchemas", List.copyOf(store.valueSchemas()));
  }

  private static StoreIdentity readStore(JsonFields fields) {
    return new StoreIdentity(
        fields.text("name"),
        fields.number32("format", 0),
        fields.text("keySchema"),
        fields.text("scope"),
        fields.text("partitioningKey"),
        fields.texts("valueSchemas"));
  }

  private static Map<String, Object> write(EngineManifest engine) {
    return object(
        "type", engine.type(),
        "commit", engine.commit(),
        "files", list(engine.files(), ManifestJson::write),
        "digests", digests(engine.digests()));
  }

  private static EngineManifest readEngine(JsonFields fields) {
    return new EngineManifest(
        fields.text("type"),
        fields.number("commit"),
        fields.objects("files", ManifestJson::readFile),
        readDigests(fields.object("digests")));
  }

  /** For each store, for each slot, the number of entries and the two sums. */
  private static Map<String, Object> digests(Map<String, Map<Integer, SlotDigest>> digests) {
    Map<String, Object> stores = new LinkedHashMap<>();
    new TreeMap<>(digests)
        .forEach(
            (store, slots) -> {
              Map<String, Object> written = new LinkedHashMap<>();
              new TreeMap<>(slots).forEach((slot, digest) -> written.put("" + slot, write(digest)));
              stores.put(store, written);
            });
    return stores;
  }

  private static List<Object> write(SlotDigest digest) {
    HexFormat hex = HexFormat.of();
    return List.of(
        digest.entries(), hex.toHexDigits(digest.first()), hex.toHexDigits(digest.second()));
  }

  private static Map<String, Map<Integer, SlotDigest>> readDigests(JsonFields fields) {
    Map<String, Map<Integer, SlotDigest>> digests = new HashMap<>();
    for (String store : fields.names()) {
      JsonFields slots = fields.object(store);
      Map<Integer, SlotDigest> read = new HashMap<>();
      for (String slot : slots.names()) {
        read.put(slot(slot), readDigest(slots, slot));
      }
      digests.put(store, Map.copyOf(read));
    }
    return digests;
  }

  private static int slot(String text) {
    if (text.matches("0|[1-9][0-9]{0,4}") && Integer.parseInt(text) <= 0xffff) {
      return Integer.parseInt(text);
    }
    throw JsonFields.wrong("a slot of digests", "a number from 0 to 65535", text);
  }

  private static SlotDigest readDigest(JsonFields slots, String slot) {
    List<?> digest = slots.array(slot, 3);
    return new SlotDigest(
        JsonFields.number("entries of a digest", digest.get(0), 0, Long.MAX_VALUE),
        sum(digest.get(1)),
        sum(digest.get(2)));
  }

  private static long sum(Object value) {
    String text = JsonFields.text("a digest", value);
    if (!text.matches("[0-9a-f]{16}")) {
      throw JsonFields.wrong("a digest", "16 hexadecimal digits", text);
    }
    return HexFormat.fromHexDigitsToLong(text);
  }

  private static Map<String, Object> write(FileRef file) {
    return object(
        "name", file.name(),
        "size", file.size(),
        "sha256", file.sha256(),
        "blob", file.blob(),
        "offset", file.offset());
  }

  private static FileRef readFile(JsonFields fields) {
    return new FileRef(
        fields.text("name"),
        fields.number("size"),
        sha256(fields),
        fields.text("blob"),
        fields.number("offset"));
  }

  private static Map<String, Object> write(SegmentRef segment) {
    return object(
        "from", segment.from(),
        "to", segment.to(),
        "size", segment.size(),
        "sha256", segment.sha256(),
        "blob", segment.blob(),
        "offset", segment.offset());
  }

  private static SegmentRef readSegment(JsonFields fields) {
    return new SegmentRef(
        fields.number("from"),
        fields.number("to"),
        fields.number("size"),
        sha256(fields),
        fields.text("blob"),
        fields.number("offset"));
  }

  private static String sha256(JsonFields fields) {
    return fields.parsed(
        "sha256",
        "64 hexadecimal digits",
        text -> {
          if (!SHA256.matcher(text).matches()) {
            throw new IllegalArgumentException(text);
          }
          return text;
        });
  }

  private static Map<String, Object> object(Object... namesAndValues) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return object;
  }

  private static <T> List<Object> list(List<T> values, Function<T, Object> writer) {
    return values.stream().map(writer).toList();
  }
}
