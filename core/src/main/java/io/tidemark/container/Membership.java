package io.tidemark.container;

import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.Timeline;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A container's place in its job.
 *
 * @param number its number
 * @param incarnation tells it from others that have had this number; part of the names of its
 *     writers, so that to fence a former one never hits this one. Empty if one that is started
 *     fences the former ones of this number, all of whose tasks it has
 * @param timeline the timeline that the job is on; null for the first, as configuration and inputs
 *     give it
 * @param checkpoints where its snapshots go and come from; null if none are taken
 */
record Membership(
    int number,
    String incarnation,
    @Nullable Timeline timeline,
    @Nullable Checkpoints checkpoints) {

  /** A container that has all tasks and no coordinator. */
  static final Membership ALONE = new Membership(0, "", null, null);

  /**
   * Where snapshots go and come from.
   *
   * @param blobs the blob store; whoever made it closes it
   * @param restoreFrom where the manifest is that a task without state starts from now; null if
   *     there is none
   */
  record Checkpoints(BlobStore blobs, Supplier<@Nullable String> restoreFrom) {}

  /** What a worker is called in journals and transactions. */
  String writer(String job, int worker) {
    String name = job + "-c" + number;
    return incarnation.isEmpty() ? name + "-w" + worker : name + "-" + incarnation + "-w" + worker;
  }
}
