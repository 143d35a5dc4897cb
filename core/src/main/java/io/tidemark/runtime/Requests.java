package io.tidemark.runtime;

import java.util.concurrent.atomic.AtomicLong;

/** What the tasks of a container ask of all its workers. Any thread may call it. */
public final class Requests {
  private final AtomicLong commits = new AtomicLong();
  private final AtomicLong checkpoints = new AtomicLong();
  private volatile boolean tasksFinished;
  private volatile boolean shutdown;

  /** Asks every worker to commit. */
  public void commit() {
    commits.incrementAndGet();
  }

  /** Asks every worker to finish. */
  public void shutdown() {
    shutdown = true;
  }

  /** Lets no task of the container process anything any more. */
  public void finishTasks() {
    tasksFinished = true;
  }

  /** Whether somebody asked that no task goes on. */
  boolean areTasksFinished() {
    return tasksFinished;
  }

  /** Asks for a checkpoint of the job. */
  public void checkpoint() {
    checkpoints.incrementAndGet();
  }

  /** How often a checkpoint was asked for. */
  public long checkpoints() {
    return checkpoints.get();
  }

  /** Whether somebody asked to finish. */
  public boolean isShutdown() {
    return shutdown;
  }

  long commits() {
    return commits.get();
  }
}
