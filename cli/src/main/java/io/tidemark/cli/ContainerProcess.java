package io.tidemark.cli;

import io.tidemark.container.Progress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process of a container, from its start to its end. A thread of its own reads its reports; any
 * thread may look at what it has said or kill it.
 */
final class ContainerProcess {
  private static final Logger LOG = LoggerFactory.getLogger(ContainerProcess.class);

  /** For reading what an ended process has said; a child of its own may hold the pipe open. */
  private static final long LAST_REPORTS_MS = 2_000;

  private final Process process;
  private final Runnable onReady;
  private final Thread reader;
  private volatile boolean ready;
  private volatile boolean ended;
  private volatile Progress progress = Progress.NONE;
  private volatile Report.@Nullable Failed failure;

  /**
   * @param onReady called once, when it is ready, by the thread that reads
   */
  ContainerProcess(Process process, Runnable onReady) {
    this.process = process;
    this.onReady = onReady;
    this.reader = new Thread(this::read, "container-reports-" + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        take(Report.parse(line));
      }
    } catch (IOException e) {
      LOG.debug("reports of process {} end", process.pid(), e);
    }
  }

  private void take(@Nullable Report report) {
    if (report instanceof Report.Ready) {
      ready();
    } else if (report instanceof Report.Advanced advanced) {
      progress = advanced.progress();
    } else if (report instanceof Report.Ended) {
      ready();
      ended = true;
    } else if (report instanceof Report.Failed failed) {
      failure = failed;
    }
  }

  private void ready() {
    if (!ready) {
      ready = true;
      onReady.run();
    }
  }

  /**
   * Waits for its end, and for all it had to say.
   *
   * @param stop when done, the process is told to finish
   * @param stopLimit how long it may then take before it is killed
   * @return whether it ended without being killed here
   */
  boolean await(CompletableFuture<Void> stop, Duration stopLimit) throws InterruptedException {
    CompletableFuture.anyOf(process.onExit(), stop).join();
    boolean inTime = true;
    if (process.isAlive()) {
      tellToFinish();
      inTime = process.waitFor(stopLimit.toMillis(), TimeUnit.MILLISECONDS);
      if (!inTime) {
        process.destroyForcibly().waitFor();
      }
    }
    reader.join(LAST_REPORTS_MS);
    return inTime;
  }

  private void tellToFinish() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      LOG.debug("process {} does not listen any more", process.pid(), e);
    }
  }

  /** Kills it (SIGKILL). */
  void kill() {
    process.destroyForcibly();
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Whether its tasks were restored and read. */
  boolean isReady() {
    return ready;
  }

  /** Whether it said that it had finished. */
  boolean hasEnded() {
    return ended;
  }

  /** What it has done since its start, as it last said. */
  Progress progress() {
    return progress;
  }

  /** Why it ended, if it said so. */
  Report.@Nullable Failed failure() {
    return failure;
  }

  /** What is known of its end, when it has ended without a word. */
  String death() {
    int exitCode = process.exitValue();
    return wasKilled()
        ? "was killed (signal " + (exitCode - StopSignals.SIGNALLED) + ")"
        : "died (exit code " + exitCode + ")";
  }

  /** Whether a signal ended it. */
  boolean wasKilled() {
    return process.exitValue() > StopSignals.SIGNALLED;
  }
}
