package io.tidemark.systems.kafka;

import io.tidemark.api.TidemarkException;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The thread on which a writer commits: one commit at a time, and none after a failure. Its methods
 * are for the writer's own thread; only {@link #fail} is for both.
 */
final class CommitThread implements AutoCloseable {
  private static final long CLOSE_SECONDS = 60;

  private final String writerName;
  private final ExecutorService thread;
  private @Nullable Future<?> underWay;
  private volatile @Nullable TidemarkException failure;

  CommitThread(String writerName) {
    this.writerName = writerName;
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread created = new Thread(task, writerName + "-commit");
              created.setDaemon(true);
              return created;
            });
  }

  /** Throws if anything failed before. */
  void requireUsable() {
    TidemarkException failed = failure;
    if (failed != null) {
      throw failed;
    }
    if (thread.isShutdown()) {
      throw new IllegalStateException("writer " + writerName + " is closed");
    }
  }

  /** Nothing can be committed from here on; the first failure is the one that counts. */
  synchronized TidemarkException fail(TidemarkException failed) {
    if (failure == null) {
      failure = failed;
    }
    return failure;
  }

  /** Waits for the commit that is under way, and throws if it fails. */
  void awaitIdle() {
    Future<?> awaited = underWay;
    if (awaited != null) {
      await(awaited);
      underWay = null;
    }
    requireUsable();
  }

  /** Waits for something that this thread will have done, and throws if it fails. */
  void await(Future<?> done) {
    try {
      done.get();
    } catch (ExecutionException | CancellationException e) {
      requireUsable();
      throw new IllegalStateException("a failure that was not told", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TidemarkException(
          "TM-2008", "Interrupted while writer " + writerName + " waited for its commit", e);
    }
  }

  /**
   * Runs a commit. There must be none under way.
   *
   * @return what the commit returns, or the failure that ends this writer
   */
  CompletableFuture<Map<Integer, Long>> start(Supplier<Map<Integer, Long>> commit) {
    CompletableFuture<Map<Integer, Long>> result = new CompletableFuture<>();
    underWay = thread.submit(() -> complete(result, commit));
    return result;
  }

  private void complete(
      CompletableFuture<Map<Integer, Long>> result, Supplier<Map<Integer, Long>> commit) {
    try {
      result.complete(commit.get());
    } catch (TidemarkException e) {
      result.completeExceptionally(fail(e));
    } catch (Throwable e) { // an Error too: nobody may wait in vain, or commit behind it
      result.completeExceptionally(
          fail(new TidemarkException("TM-3008", "Cannot commit as writer " + writerName, e)));
    }
  }

  /** Runs something beside, once the commit under way is over. */
  Future<?> submit(Runnable task) {
    return thread.submit(task);
  }

  /** Waits for what was started. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
