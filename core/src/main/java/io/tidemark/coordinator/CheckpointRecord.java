package io.tidemark.coordinator;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Trigger;
import java.util.Map;

/**
 * What is remembered of a checkpoint, also of one that failed.
 *
 * @param number its number
 * @param trigger what caused it
 * @param savepoint its name if it is a savepoint; empty if not
 * @param timeline the number of the timeline that it was taken on
 * @param status how it ended, if it has
 * @param why why it failed; empty if it did not
 * @param startedMs when it was announced, in milliseconds since 1970
 * @param endedMs when it was completed or failed; 0 before
 * @param durations how long its phases took
 * @param bytesUploaded bytes written to the blob store for it
 * @param bytesTotal bytes of all that it consists of
 * @param filesUploaded blobs written for it
 * @param filesShared files that were in the blob store before
 * @param location where its manifest is; empty unless completed
 * @param tasks for each task, where its cut is
 */
public record CheckpointRecord(
    long number,
    Trigger trigger,
    String savepoint,
    int timeline,
    Status status,
    String why,
    long startedMs,
    long endedMs,
    Durations durations,
    long bytesUploaded,
    long bytesTotal,
    int filesUploaded,
    int filesShared,
    String location,
    Map<TaskName, Cut> tasks) {
  public CheckpointRecord {
    tasks = Map.copyOf(tasks);
  }

  /** How far a checkpoint is. */
  public enum Status {
    IN_PROGRESS,
    COMPLETED,
    FAILED,
    /** It was completed and is not kept any more. */
    DELETED
  }

  /**
   * How long the phases took, in milliseconds: of the slowest task where each has its own.
   *
   * @param snapshotMs from the cut until the files were set apart
   * @param uploadMs from then until all was in the blob store
   * @param tasksMs from the announcement until the last task had acknowledged
   * @param publishMs from then until the manifest was written
   */
  public record Durations(long snapshotMs, long uploadMs, long tasksMs, long publishMs) {
    static final Durations NONE = new Durations(0, 0, 0, 0);
  }

  /**
   * Where a task's cut is.
   *
   * @param commit the number of the block that carries it
   * @param position where that block begins in the journal
   * @param bytes the bytes of the task's part
   */
  public record Cut(long commit, long position, long bytes) {}

  /** Whether it is a savepoint. */
  public boolean isSavepoint() {
    return !savepoint.isEmpty();
  }
}
