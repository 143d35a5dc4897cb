package io.tidemark.container;

import io.tidemark.api.FencedException;
import io.tidemark.runtime.Worker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the workers of a container, each on a thread of its own, until all have ended; and before
 * and meanwhile the thread that talks with the coordinator, and the one that feeds the stores that
 * the workers share.
 */
final class WorkerThreads {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerThreads.class);

  private final Container.Setup setup;
  private final Container container;
  private final ContainerAgent agent;
  private final ContainerServers servers;
  private final CompletableFuture<Void> running;
  private volatile boolean begun;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /**
   * @param agent attached to the container
   * @param servers of the container, which fails if they do
   * @param running completed when all tasks that it was given run
   */
  WorkerThreads(
      Container.Setup setup,
      Container container,
      ContainerAgent agent,
      ContainerServers servers,
      CompletableFuture<Void> running) {
    this.setup = setup;
    this.container = container;
    this.agent = agent;
    this.servers = servers;
    this.running = running;
  }

  /** Runs them. Returns the first failure; null if all ended well. */
  @Nullable Throwable run() {
    Thread agentThread = new Thread(this::runAgent, container.settings().job() + "-agent");
    agentThread.start();
    runTablesAndWorkers();
    container.requests().shutdown();
    LockSupport.unpark(agentThread);
    joinUninterruptibly(agentThread);
    return failure.get();
  }

  private void runAgent() {
    try {
      while (!container.requests().isShutdown()) {
        long pauseMs = agent.doWork();
        if (servers.haveStarted() && agent.areAllRunning()) {
          running.complete(null);
        }
        if (agent.isDone() || (agent.isEnding() && !begun)) {
          finish();
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMs));
      }
    } catch (RuntimeException | Error e) {
      failed(e);
    }
  }

  private void runTablesAndWorkers() {
    if (container.tables().tables().isEmpty() || container.workers().isEmpty()) {
      runWorkers();
    } else {
      TableThread tables = TableThread.start(container, this::failed);
      try {
        if (tables.awaitPopulated()) {
          runWorkers();
        }
      } finally {
        tables.stop();
      }
    }
  }

  private void runWorkers() {
    begun = true;
    List<Thread> threads = new ArrayList<>();
    for (Worker worker : container.workers()) {
      Thread thread =
          new Thread(() -> run(worker), container.settings().job() + "-worker-" + threads.size());
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      joinUninterruptibly(thread);
    }
  }

  static void joinUninterruptibly(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // a request to stop has reached the workers by another way
      }
    }
    if (interrupted) {
      LOG.debug("interrupted while workers ended");
    }
  }

  private void run(Worker worker) {
    try (worker) {
      try {
        runToEnd(worker);
      } catch (FencedException e) {
        failed(worker.explain(e));
      }
    } catch (RuntimeException | Error e) {
      failed(e);
    }
  }

  private void runToEnd(Worker worker) {
    worker.open(
        task ->
            new JobContexts(
                setup.config(),
                container.settings().name(),
                container.settings().id(),
                setup.membership().number(),
                task));
    while (!container.requests().isShutdown()) {
      worker.doWork();
    }
    worker.finish();
  }

  private void failed(Throwable cause) {
    if (cause instanceof FencedException) {
      failure.set(cause); // counts more than what else happened: the container must not start again
    } else if (!failure.compareAndSet(null, cause)) {
      LOG.debug("another worker failed too", cause);
    }
    finish();
  }

  private void finish() {
    container.requests().shutdown();
    container.workers().forEach(Worker::wakeup);
  }
}
