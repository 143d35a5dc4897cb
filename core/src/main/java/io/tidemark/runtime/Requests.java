package io.tidemark.runtime;

import java.util.concurrent.atomic.AtomicLong;

/** What the tasks of a container ask of all its workers. Any thread may call it. */
public final class Requests {
  private final AtomicLong commits = new AtomicLong();
  private volatile boolean shutdown;

  /** Asks every worker to commit. */
  public void commit() {
    commits.incrementAndGet();
  }

  /** Asks every worker to finish. */
  public void shutdown() {
    shutdown = true;
  }

  /** Whether somebody asked to finish. */
  public boolean isShutdown() {
    return shutdown;
  }

  long commits() {
    return commits.get();
  }
}
