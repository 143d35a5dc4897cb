package io.tidemark.api;

/**
 * A task that is told of checkpoints. Called on the task's thread, between two records.
 *
 * <p>An exception in {@link #beforeCheckpoint} fails that checkpoint, not the task; one in {@link
 * #afterCheckpoint} is logged.
 */
public interface CheckpointListener {

  /**
   * The task's part of a checkpoint is about to be taken. What this changes in the task's stores is
   * part of it.
   *
   * @param number the checkpoint's number
   */
  void beforeCheckpoint(long number) throws Exception;

  /**
   * A checkpoint has ended of which this task was told before. Best effort: a task that restarts
   * meanwhile does not hear of it.
   *
   * @param number the checkpoint's number
   * @param completed whether the job can be started from it; false if it failed
   */
  void afterCheckpoint(long number, boolean completed) throws Exception;
}
