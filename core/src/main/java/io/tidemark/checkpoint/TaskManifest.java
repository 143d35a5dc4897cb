package io.tidemark.checkpoint;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.journal.StoreIdentity;
import java.util.List;
import java.util.Map;

/**
 * A task's part of a checkpoint: all that rebuilds its state at the cut.
 *
 * <p>The engines' files, and the blocks of the journal after the oldest commit that they equal and
 * up to the cut.
 *
 * @param task the task
 * @param tasks how many tasks its stage has
 * @param partitions how many partitions each of the stage's inputs has
 * @param slots how many slots the stage's keys fall into
 * @param commit the number of the block that carries the cut
 * @param position where that block begins in the journal
 * @param timeMs the task's time at the cut, in milliseconds since 1970
 * @param positions how far each input was processed
 * @param stores what the task remembers of its stores
 * @param engines its engines' files
 * @param segments the journal up to the cut, in order and without gaps
 * @param work what it took
 */
public record TaskManifest(
    TaskName task,
    int tasks,
    int partitions,
    int slots,
    long commit,
    long position,
    long timeMs,
    Map<SystemStreamPartition, String> positions,
    List<StoreIdentity> stores,
    List<EngineManifest> engines,
    List<SegmentRef> segments,
    Work work) {
  public TaskManifest {
    positions = Map.copyOf(positions);
    stores = List.copyOf(stores);
    engines = List.copyOf(engines);
    segments = List.copyOf(segments);
  }

  /**
   * What a task's part of a checkpoint took.
   *
   * @param bytesUploaded bytes written to the blob store
   * @param filesUploaded blobs written there
   * @param filesShared files that were there already
   * @param snapshotMs from the cut until the engines' files were set apart
   * @param uploadMs from then until all was in the blob store
   */
  public record Work(
      long bytesUploaded, int filesUploaded, int filesShared, long snapshotMs, long uploadMs) {}

  /** The bytes of all files and segments. */
  public long totalBytes() {
    long bytes = 0;
    for (EngineManifest engine : engines) {
      for (FileRef file : engine.files()) {
        bytes += file.size();
      }
    }
    return bytes + segmentBytes();
  }

  /** The bytes of all segments. */
  public long segmentBytes() {
    return segments.stream().mapToLong(SegmentRef::size).sum();
  }
}
