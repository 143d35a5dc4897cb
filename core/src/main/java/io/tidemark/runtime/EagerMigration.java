package io.tidemark.runtime;

import io.tidemark.state.Sweep;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Migrates the values of former schemas before a task begins, in the stores that are configured so.
 * It does it by ordinary commits, so that after a crash the next start finds what is left. Confined
 * to the worker.
 */
final class EagerMigration {
  private static final Logger LOG = LoggerFactory.getLogger(EagerMigration.class);
  private static final long PROGRESS_MS = TimeUnit.SECONDS.toMillis(5);

  private final TaskRunner task;
  private final LongSupplier ticker;
  private final ArrayDeque<Sweep> passes;
  private boolean begun;
  private long told;

  /**
   * @param ticker milliseconds that never go back
   */
  EagerMigration(TaskRunner task, LongSupplier ticker) {
    this.task = task;
    this.ticker = ticker;
    this.passes = new ArrayDeque<>(task.state().eagerMigrations());
  }

  /** Whether all is migrated. */
  boolean isDone() {
    return passes.isEmpty();
  }

  /** Migrates as much as goes into one commit, which has to follow. */
  void step() {
    Sweep pass = passes.element();
    if (!begun) {
      begun = true;
      told = ticker.getAsLong();
      LOG.info("{}: looking for values to migrate among about {}", pass, pass.entries());
    }
    boolean atEnd = task.guard(() -> pass.fillCommit() ? 1 : 0) == 1;
    if (atEnd) {
      passes.remove();
      begun = false;
    } else if (ticker.getAsLong() - told >= PROGRESS_MS) {
      told = ticker.getAsLong();
      LOG.info("{}: {} values of about {} are migrated", pass, pass.migrated(), pass.entries());
    }
  }
}
