package io.tidemark.coordinator;

import io.tidemark.checkpoint.Trigger;
import java.util.concurrent.CompletableFuture;

/**
 * Somebody waits for a checkpoint.
 *
 * @param trigger why
 * @param savepoint its name if it is to be a savepoint; empty if not
 * @param stop whether the job is to stop at its cut
 * @param done completed with its record, or with the exception (TM-8305) that says why it failed
 */
record CheckpointRequest(
    Trigger trigger, String savepoint, boolean stop, CompletableFuture<CheckpointRecord> done) {

  /** Whether it is content with any checkpoint. */
  boolean isPlain() {
    return savepoint.isEmpty() && !stop;
  }
}
