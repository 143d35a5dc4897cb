package io.tidemark.rpc;

import io.tidemark.api.Partition;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.EngineManifest;
import io.tidemark.checkpoint.FileRef;
import io.tidemark.checkpoint.SegmentRef;
import io.tidemark.checkpoint.SlotDigest;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.journal.StoreIdentity;
import io.tidemark.rpc.control.v1.ControlMessages;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** A task's part of a checkpoint as a message, and back. Stateless. */
final class ManifestMessages {
  private ManifestMessages() {}

  static ControlMessages.TaskName message(TaskName task) {
    return ControlMessages.TaskName.newBuilder()
        .setStage(task.stage())
        .setPartition(task.partition())
        .build();
  }

  static TaskName record(ControlMessages.TaskName task) {
    return new TaskName(task.getStage(), task.getPartition());
  }

  static ControlMessages.TaskManifest message(TaskManifest manifest) {
    ControlMessages.TaskManifest.Builder message =
        ControlMessages.TaskManifest.newBuilder()
            .setTask(message(manifest.task()))
            .setTasks(manifest.tasks())
            .setPartitions(manifest.partitions())
            .setSlots(manifest.slots())
            .setCommit(manifest.commit())
            .setPosition(manifest.position())
            .setTimeMs(manifest.timeMs())
            .setWork(message(manifest.work()));
    manifest.positions().forEach((input, at) -> message.addPositions(message(input, at)));
    manifest.stores().forEach(store -> message.addStores(message(store)));
    manifest.engines().forEach(engine -> message.addEngines(message(engine)));
    manifest.segments().forEach(segment -> message.addSegments(message(segment)));
    return message.build();
  }

  static TaskManifest record(ControlMessages.TaskManifest message) {
    Map<SystemStreamPartition, String> positions = new HashMap<>();
    for (ControlMessages.InputPosition input : message.getPositionsList()) {
      positions.put(input(input), input.getPosition());
    }
    return new TaskManifest(
        record(message.getTask()),
        message.getTasks(),
        message.getPartitions(),
        message.getSlots(),
        message.getCommit(),
        message.getPosition(),
        message.getTimeMs(),
        positions,
        records(message.getStoresList(), ManifestMessages::record),
        records(message.getEnginesList(), ManifestMessages::record),
        records(message.getSegmentsList(), ManifestMessages::record),
        record(message.getWork()));
  }

  static <M, R> List<R> records(List<M> messages, Function<M, R> record) {
    return messages.stream().map(record).toList();
  }

  static SystemStreamPartition input(ControlMessages.InputPosition position) {
    return new SystemStreamPartition(
        position.getSystem(), position.getStream(), new Partition(position.getPartition()));
  }

  static ControlMessages.InputPosition message(SystemStreamPartition input, String at) {
    return ControlMessages.InputPosition.newBuilder()
        .setSystem(input.getSystem())
        .setStream(input.getStream())
        .setPartition(input.getPartition().id())
        .setPosition(at)
        .build();
  }

  private static ControlMessages.StoreIdentity message(StoreIdentity store) {
    return ControlMessages.StoreIdentity.newBuilder()
        .setName(store.name())
        .setFormat(store.format())
        .setKeySchema(store.keySchema())
        .setScope(store.scope())
        .setPartitioningKey(store.partitioningKey())
        .addAllValueSchemas(store.valueSchemas())
        .build();
  }

  private static StoreIdentity record(ControlMessages.StoreIdentity store) {
    return new StoreIdentity(
        store.getName(),
        store.getFormat(),
        store.getKeySchema(),
        store.getScope(),
        store.getPartitioningKey(),
        store.getValueSchemasList());
  }

  private static ControlMessages.EngineManifest message(EngineManifest engine) {
    ControlMessages.EngineManifest.Builder message =
        ControlMessages.EngineManifest.newBuilder()
            .setType(engine.type())
            .setCommit(engine.commit());
    engine.files().forEach(file -> message.addFiles(message(file)));
    engine.digests().forEach((store, slots) -> message.addDigests(message(store, slots)));
    return message.build();
  }

  private static EngineManifest record(ControlMessages.EngineManifest engine) {
    Map<String, Map<Integer, SlotDigest>> digests = new HashMap<>();
    for (ControlMessages.StoreDigests store : engine.getDigestsList()) {
      Map<Integer, SlotDigest> slots = new TreeMap<>();
      for (ControlMessages.SlotDigest slot : store.getSlotsList()) {
        slots.put(
            slot.getSlot(), new SlotDigest(slot.getEntries(), slot.getFirst(), slot.getSecond()));
      }
      digests.put(store.getStore(), slots);
    }
    return new EngineManifest(
        engine.getType(),
        engine.getCommit(),
        records(engine.getFilesList(), ManifestMessages::record),
        digests);
  }

  private static ControlMessages.StoreDigests message(
      String store, Map<Integer, SlotDigest> slots) {
    ControlMessages.StoreDigests.Builder message =
        ControlMessages.StoreDigests.newBuilder().setStore(store);
    new TreeMap<>(slots)
        .forEach(
            (slot, digest) ->
                message.addSlots(
                    ControlMessages.SlotDigest.newBuilder()
                        .setSlot(slot)
                        .setEntries(digest.entries())
                        .setFirst(digest.first())
                        .setSecond(digest.second())));
    return message.build();
  }

  private static ControlMessages.File message(FileRef file) {
    return ControlMessages.File.newBuilder()
        .setName(file.name())
        .setSize(file.size())
        .setSha256(file.sha256())
        .setBlob(file.blob())
        .setOffset(file.offset())
        .build();
  }

  private static FileRef record(ControlMessages.File file) {
    return new FileRef(
        file.getName(), file.getSize(), file.getSha256(), file.getBlob(), file.getOffset());
  }

  private static ControlMessages.Segment message(SegmentRef segment) {
    return ControlMessages.Segment.newBuilder()
        .setFrom(segment.from())
        .setTo(segment.to())
        .setSize(segment.size())
        .setSha256(segment.sha256())
        .setBlob(segment.blob())
        .setOffset(segment.offset())
        .build();
  }

  private static SegmentRef record(ControlMessages.Segment segment) {
    return new SegmentRef(
        segment.getFrom(),
        segment.getTo(),
        segment.getSize(),
        segment.getSha256(),
        segment.getBlob(),
        segment.getOffset());
  }

  private static ControlMessages.Work message(TaskManifest.Work work) {
    return ControlMessages.Work.newBuilder()
        .setBytesUploaded(work.bytesUploaded())
        .setFilesUploaded(work.filesUploaded())
        .setFilesShared(work.filesShared())
        .setSnapshotMs(work.snapshotMs())
        .setUploadMs(work.uploadMs())
        .build();
  }

  private static TaskManifest.Work record(ControlMessages.Work work) {
    return new TaskManifest.Work(
        work.getBytesUploaded(),
        work.getFilesUploaded(),
        work.getFilesShared(),
        work.getSnapshotMs(),
        work.getUploadMs());
  }
}
