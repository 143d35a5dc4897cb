package io.tidemark.cli.demo;

import io.tidemark.examples.traffic.TrafficOracle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * Lets the oracle count on a thread of its own while the caller does something else with the lines.
 * Whoever is too far ahead waits. Confined to one thread.
 */
final class BackgroundCount implements AutoCloseable {
  private static final int LINES_TOGETHER = 2_000;
  private static final int BATCHES_AHEAD = 50;

  private final TrafficOracle oracle = new TrafficOracle();
  private final ExecutorService thread = Executors.newSingleThreadExecutor(BackgroundCount::daemon);
  private final Semaphore ahead = new Semaphore(BATCHES_AHEAD);
  private List<Line> batch = new ArrayList<>(LINES_TOGETHER);
  private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

  private record Line(int partition, String text) {}

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "demo-count");
    thread.setDaemon(true);
    return thread;
  }

  /** Has a line counted; the lines of a partition in their order. */
  void add(int partition, String line) {
    batch.add(new Line(partition, line));
    if (batch.size() == LINES_TOGETHER) {
      send();
    }
  }

  private void send() {
    List<Line> lines = batch;
    batch = new ArrayList<>(LINES_TOGETHER);
    ahead.acquireUninterruptibly();
    last = last.thenRunAsync(() -> count(lines), thread).whenComplete((v, e) -> ahead.release());
  }

  private void count(List<Line> lines) {
    for (Line line : lines) {
      oracle.accept(line.partition(), line.text());
    }
  }

  /** Waits until everything is counted. */
  TrafficOracle finish() {
    send();
    try {
      last.join();
      return oracle;
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
