package io.tidemark.checkpoint;

import io.tidemark.api.TaskName;

/**
 * How snapshots are taken.
 *
 * @param threads how many blobs of a snapshot are hashed and written at the same time
 * @param bytesPerSecond how many bytes a container writes to the blob store in a second at most; no
 *     limit if not positive
 * @param smallFileBytes files shorter than this share a blob
 * @param tailBytes how long the journal segments of a task may become before its engines' files are
 *     taken anew, unless {@link #mostTail a part of those files} is more; and how much memory an
 *     engine may hold then without being made to write that to files too
 * @param tailSegments how many segments there may be
 * @param digests whether digests are computed of the files
 */
public record SnapshotSettings(
    int threads,
    long bytesPerSecond,
    long smallFileBytes,
    long tailBytes,
    int tailSegments,
    boolean digests) {
  private static final double GOLDEN_SECTION = 0.6180339887;

  /** With which nothing has to be configured. */
  public static final SnapshotSettings DEFAULT =
      new SnapshotSettings(2, -1, 64 << 10, 16L << 20, 100, true);

  /**
   * How long the segments that follow files of so many bytes may become: three to seven eighths of
   * them. Tasks differ, so that they do not all take their files anew for the same checkpoint, of
   * which compactions have rewritten most.
   */
  long mostTail(TaskName task, long baseBytes) {
    double scattered = task.partition() * GOLDEN_SECTION % 1; // neighbours are far apart
    return Math.max(tailBytes, (long) (baseBytes * (3 + 4 * scattered) / 8));
  }

  /**
   * Whether segments are to be replaced by files although they may become longer: they have
   * something to replay, and the last of them is so short beside the others that there is time now.
   */
  boolean isTimeForFiles(long segmentBytes, long lastBytes) {
    return segmentBytes > tailBytes / 16 && lastBytes <= segmentBytes / 64;
  }
}
