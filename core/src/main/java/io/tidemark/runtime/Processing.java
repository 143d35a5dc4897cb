package io.tidemark.runtime;

import io.tidemark.system.RecordBatch;

/**
 * How a task's records are taken through its code: one after another, or several at once. Confined
 * to the worker.
 */
interface Processing {

  /** Takes a batch to process after those before it. */
  void enqueue(Input input, RecordBatch batch);

  /**
   * Processes for a while; ends early when the task made a request.
   *
   * @param limit at most how many records
   * @return how many were taken
   */
  int run(int limit);

  /** Whether nothing waits and nothing is in flight. */
  boolean isIdle();

  /** Whether batches wait that were not begun. */
  boolean isBacklogged();

  /** Whether something is in flight that may end at any moment. */
  boolean isInFlight();

  /**
   * Gets ready for a block: sends what is complete and moves the inputs' positions over it.
   *
   * @return false if the task cannot be part of a commit now, because something is in flight whose
   *     effects cannot be told from those of what is complete
   */
  boolean settle();

  /** Whether something would be committed. */
  boolean hasUncommitted();

  /** The block was written. */
  void committed();

  /** Whether the task waits for a commit before it goes on. */
  boolean wantsCommit();

  /** The cut that the task has to make before its next record; 0 if none. */
  long awaitedCut();

  /** Calls the task's window, now or as soon as nothing is in flight. */
  void window();
}
