package io.tidemark.cli;

import io.tidemark.config.RestartSettings;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the containers of a supervised job have in common. Any thread may call it. */
final class Supervision {
  private static final Logger LOG = LoggerFactory.getLogger(Supervision.class);

  private final ContainerLauncher launcher;
  private final RestartSettings restarts;
  private final Duration stopLimit;
  private final Consumer<String> news;
  private final JobLead lead;
  private final CompletableFuture<Void> stop = new CompletableFuture<>();
  private final List<Recovery> recoveries = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean hasRun;

  /**
   * A container that died and runs again.
   *
   * @param container its number
   * @param stoodStill from the death of its process until its successor's tasks ran
   */
  record Recovery(int container, Duration stoodStill) {}

  /**
   * @param stopLimit how long a container may take to finish before it is killed
   * @param news takes a line for the user whenever something happens; any thread calls it
   * @param lead leads the job
   */
  Supervision(
      ContainerLauncher launcher,
      RestartSettings restarts,
      Duration stopLimit,
      Consumer<String> news,
      JobLead lead) {
    this.launcher = launcher;
    this.restarts = restarts;
    this.stopLimit = stopLimit;
    this.news = news;
    this.lead = lead;
  }

  ContainerLauncher launcher() {
    return launcher;
  }

  JobLead lead() {
    return lead;
  }

  RestartSettings restarts() {
    return restarts;
  }

  Duration stopLimit() {
    return stopLimit;
  }

  /** Done when all containers are to finish; never fails. */
  CompletableFuture<Void> stop() {
    return stop;
  }

  /** A container failed for good: the first that does so fails the job, and all are to finish. */
  void fail(Throwable cause) {
    failure.compareAndSet(null, cause);
    stop.complete(null);
  }

  /** Why the job failed; null if it did not. */
  @Nullable Throwable failure() {
    return failure.get();
  }

  /** Whether any container has run: mistakes in setting up the job show before that. */
  boolean hasRun() {
    return hasRun;
  }

  /** The tasks of a container run, for the first time or, after its death, again. */
  void running(int container, long pid, @Nullable Duration stoodStill) {
    hasRun = true;
    LOG.info("Container {} runs in process {}", container, pid);
    if (stoodStill != null) {
      recoveries.add(new Recovery(container, stoodStill));
      tell("container %d runs again, after %.1f s", container, stoodStill.toMillis() / 1000.0);
    }
  }

  List<Recovery> recoveries() {
    return recoveries;
  }

  /** Tells the user something, in one line. */
  void tell(String format, Object... values) {
    news.accept(String.format(Locale.ROOT, format, values));
  }
}
