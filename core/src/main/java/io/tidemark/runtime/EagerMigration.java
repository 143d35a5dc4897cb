package io.tidemark.runtime;

import io.tidemark.state.Sweep;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Migrates the values of former schemas before the tasks begin, in the stores that are configured
 * so. It does it by ordinary commits, so that after a crash the next start finds what is left.
 * Confined to the worker.
 */
final class EagerMigration {
  private static final Logger LOG = LoggerFactory.getLogger(EagerMigration.class);
  private static final long PROGRESS_MS = TimeUnit.SECONDS.toMillis(5);

  private final Committer committer;
  private final Requests requests;
  private final LongSupplier ticker;

  /**
   * @param requests may tell that the container is to stop
   * @param ticker milliseconds that never go back
   */
  EagerMigration(Committer committer, Requests requests, LongSupplier ticker) {
    this.committer = committer;
    this.requests = requests;
    this.ticker = ticker;
  }

  void run(List<TaskRunner> tasks) {
    for (TaskRunner task : tasks) {
      for (Sweep pass : task.state().eagerMigrations()) {
        migrate(task, pass);
      }
    }
  }

  private void migrate(TaskRunner task, Sweep pass) {
    LOG.info("{}: looking for values to migrate among about {}", pass, pass.entries());
    long told = ticker.getAsLong();
    boolean atEnd = false;
    while (!atEnd && !requests.isShutdown()) {
      atEnd = task.guard(() -> pass.fillCommit() ? 1 : 0) == 1;
      if (committer.start(List.of(task))) {
        committer.await();
      }
      task.guard(() -> task.state().maintain());
      if (ticker.getAsLong() - told >= PROGRESS_MS) {
        told = ticker.getAsLong();
        LOG.info("{}: {} values of about {} are migrated", pass, pass.migrated(), pass.entries());
      }
    }
  }
}
