package io.tidemark.systems.kafka.broker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * One life of a broker's process, from spawn to exit. Its standard input stays open as long as this
 * JVM lives, and ends with it: that is what makes the broker end too. Any thread may call any
 * method.
 */
final class BrokerProcess {
  /** The line that the process prints when the broker serves requests. */
  static final String READY = "broker ready";

  private static final int OUTPUT_SHOWN_BYTES = 16 << 10;
  private static final Duration SUSPENSION_LIMIT = Duration.ofSeconds(10);
  private static final Duration EXIT_AFTER_LAST_OUTPUT = Duration.ofSeconds(5);

  private final Process process;
  private final Path log;
  private final long logStart;
  private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
  private volatile boolean suspended;

  private BrokerProcess(Process process, Path log, long logStart) {
    this.process = process;
    this.log = log;
    this.logStart = logStart;
    Thread reader = new Thread(this::readAnnouncements, "broker-" + process.pid() + "-output");
    reader.setDaemon(true);
    reader.start();
  }

  static BrokerProcess spawn(BrokerCommand command, Ports ports) {
    Path log = command.log();
    try {
      Files.createDirectories(command.temporary());
      long logStart = Files.exists(log) ? Files.size(log) : 0;
      Process process =
          new ProcessBuilder(command.line(ports))
              .directory(command.directory().toFile())
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return new BrokerProcess(process, log, logStart);
    } catch (IOException e) {
      throw new LocalKafkaException(
          "Cannot start a broker in " + command.directory() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Waits until the broker says that it is ready and its port accepts a connection; kills it when
   * that fails.
   */
  void awaitReady(int port, Duration limit) {
    try {
      if (!ready.get(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        boolean ended = process.waitFor(EXIT_AFTER_LAST_OUTPUT.toMillis(), TimeUnit.MILLISECONDS);
        throw failure(
            "The broker ended before it was ready"
                + (ended ? ", with status " + process.exitValue() : ""));
      }
      try (Socket socket = new Socket()) {
        socket.connect(Ports.loopback(port), Math.toIntExact(limit.toMillis()));
      }
    } catch (TimeoutException e) {
      throw failure("The broker was not ready within " + limit.toSeconds() + " s");
    } catch (IOException e) {
      throw failure(
          "The broker said it was ready, but port "
              + port
              + " does not answer ("
              + e.getMessage()
              + ")");
    } catch (ExecutionException e) {
      throw new IllegalStateException("Reading the broker's output failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("Interrupted while the broker was starting");
    }
  }

  private LocalKafkaException failure(String what) {
    kill();
    return new LocalKafkaException(what + ". It printed (" + log + "):\n" + output());
  }

  /**
   * Asks the process to end, and kills it when it has not after {@code limit}. Returns when it is
   * gone.
   */
  void stop(Duration limit) {
    if (suspended) {
      resume();
    }
    process.destroy();
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the process without giving it a chance to do anything. Returns when it is gone. */
  void kill() {
    process.destroyForcibly();
    // The system always obeys, also when this thread was interrupted and for a suspended process.
    // Not by onExit: that completes in the common pool, which may be busy waiting for the broker.
    boolean interrupted = false;
    while (process.isAlive()) {
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Returns when every thread of the process stands still, which the signal alone does not wait
   * for.
   */
  void suspend() {
    suspended = true;
    signal("STOP");
    long deadline = System.nanoTime() + SUSPENSION_LIMIT.toNanos();
    while (!standsStill()) {
      if (System.nanoTime() > deadline) {
        throw new LocalKafkaException("The broker's process " + pid() + " did not stand still");
      }
      Thread.onSpinWait();
    }
  }

  /**
   * Reads the threads' states where the system shows them as Linux does; elsewhere, trusts the
   * signal.
   */
  private boolean standsStill() {
    Path threads = Path.of("/proc", Long.toString(pid()), "task");
    if (!Files.isDirectory(threads)) {
      return true;
    }
    try (Stream<Path> found = Files.list(threads)) {
      for (Path thread : found.toList()) {
        String state = Files.readString(thread.resolve("stat"));
        if (!state.startsWith("T", state.lastIndexOf(')') + 2)) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      // A thread that ended while we looked: not all stood still.
      return false;
    }
  }

  void resume() {
    signal("CONT");
    suspended = false;
  }

  private void signal(String name) {
    try {
      Process kill =
          new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid()).inheritIO().start();
      if (kill.waitFor() != 0) {
        throw new LocalKafkaException(
            "Cannot send SIG" + name + " to the broker's process " + pid());
      }
    } catch (IOException e) {
      throw new LocalKafkaException("Cannot send a signal: there is no shell here", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  private void readAnnouncements() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.equals(READY)) {
          ready.complete(true);
        }
      }
    } catch (IOException e) {
      // The process is being destroyed: the end of its output, like any other.
    } finally {
      ready.complete(false);
    }
  }

  /** The last part of what this life of the broker printed. */
  private String output() {
    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ)) {
      long start = Math.max(logStart, channel.size() - OUTPUT_SHOWN_BYTES);
      ByteBuffer shown = ByteBuffer.allocate(Math.toIntExact(channel.size() - start));
      channel.read(shown, start);
      return StandardCharsets.UTF_8.decode(shown.flip()).toString();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + log, e);
    }
  }
}
