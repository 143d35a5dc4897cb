package io.tidemark.state;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Runs what engines apply when a test says so, on a thread of its own as in production. What waits
 * is run at the latest by {@link #close}.
 */
final class LateApplier implements Executor, AutoCloseable {
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean open;

  @Override
  public synchronized void execute(Runnable work) {
    if (open) {
      thread.execute(work);
    } else {
      waiting.add(work);
    }
  }

  /** How many pieces of work wait. */
  synchronized int waiting() {
    return waiting.size();
  }

  /** Runs what waits, and returns when it is done. */
  void runWaiting() {
    CompletableFuture<Void> done;
    synchronized (this) {
      waiting.forEach(thread::execute);
      waiting.clear();
      done = CompletableFuture.runAsync(() -> {}, thread);
    }
    done.join();
  }

  /** Runs what waits and, from now on, what comes. */
  synchronized void open() {
    open = true;
    waiting.forEach(thread::execute);
    waiting.clear();
  }

  /** From now on what comes waits again. */
  synchronized void hold() {
    open = false;
  }

  @Override
  public void close() {
    open();
    thread.shutdown();
  }
}
