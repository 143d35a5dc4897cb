package io.tidemark.checkpoint;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Does several things at the same time, one of them always on the calling thread, so that it ends
 * also if the executor has no thread to spare, or is that very thread.
 */
final class Parallel {
  private final Queue<Runnable> work;
  private final CountDownLatch left;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  private Parallel(List<Runnable> work) {
    this.work = new ConcurrentLinkedQueue<>(work);
    this.left = new CountDownLatch(work.size());
  }

  /**
   * Does all of it. After something has failed nothing more is begun.
   *
   * @throws RuntimeException what the first failed with, when all that was begun has ended
   */
  static void run(Executor executor, int threads, List<Runnable> work) {
    Parallel run = new Parallel(work);
    try {
      for (int i = 1; i < Math.min(threads, work.size()); i++) {
        executor.execute(run::takePart);
      }
    } catch (RejectedExecutionException closing) {
      // The calling thread does it all, or fails like the executor.
    }
    run.takePart();
    run.await();
    Throwable failed = run.failure.get();
    if (failed instanceof RuntimeException unchecked) {
      throw unchecked;
    } else if (failed instanceof Error error) {
      throw error;
    }
  }

  private void takePart() {
    for (Runnable next = work.poll(); next != null; next = work.poll()) {
      try {
        if (failure.get() == null) {
          next.run();
        }
      } catch (RuntimeException | Error e) {
        failure.compareAndSet(null, e);
      } finally {
        left.countDown();
      }
    }
  }

  private void await() {
    boolean interrupted = false;
    while (true) {
      try {
        left.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // what was begun has to end before its files may be deleted
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
