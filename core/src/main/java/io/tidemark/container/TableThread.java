package io.tidemark.container;

import io.tidemark.runtime.BroadcastTables;
import io.tidemark.runtime.Requests;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * The thread that feeds a container's broadcast tables, from before workers start until they end.
 */
final class TableThread {
  private static final long IDLE_MS = 50;

  private final BroadcastTables tables;
  private final Requests requests;
  private final Consumer<Throwable> failed;
  private final CountDownLatch begun = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean populated;
  private volatile boolean stopping;

  private TableThread(Container container, Consumer<Throwable> failed) {
    this.tables = container.tables();
    this.requests = container.requests();
    this.failed = failed;
    this.thread = new Thread(this::run, container.settings().job() + "-tables");
  }

  /**
   * Starts it.
   *
   * @param failed called once if it fails
   */
  static TableThread start(Container container, Consumer<Throwable> failed) {
    TableThread started = new TableThread(container, failed);
    started.thread.start();
    return started;
  }

  private void run() {
    try (tables) {
      tables.open();
      while (!populated && !requests.isShutdown()) {
        populated = tables.isPopulated();
        if (!populated) {
          tables.doWork(IDLE_MS);
        }
      }
      begun.countDown();
      while (populated && !stopping) {
        tables.doWork(IDLE_MS);
      }
    } catch (RuntimeException | Error e) {
      failed.accept(e);
    } finally {
      begun.countDown();
    }
  }

  /** Waits until tasks may begin; false if they never may: it failed, or was asked to finish. */
  boolean awaitPopulated() {
    boolean interrupted = false;
    while (true) {
      try {
        begun.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // the request to stop has reached the other thread too
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return populated;
  }

  /** Ends it; returns when the tables are closed. */
  void stop() {
    stopping = true;
    WorkerThreads.joinUninterruptibly(thread);
  }
}
