package io.tidemark.integration;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A {@link JobProcess} under a test's control. */
final class ContainerProcess implements AutoCloseable {
  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  /** Done when the process is gone, and what follows from that is done as well. */
  private final CompletableFuture<Void> ended;

  private ContainerProcess(Process process, Runnable onEnd) {
    this.process = process;
    this.ended = process.onExit().thenRun(onEnd);
    this.reader = new Thread(this::read, "container-output");
    reader.setDaemon(true);
    reader.start();
  }

  static ContainerProcess start(
      Path properties, int container, int containers, boolean untilEnd, String... jvmOptions) {
    List<String> arguments =
        List.of(
            properties.toString(),
            Integer.toString(container),
            Integer.toString(containers),
            untilEnd ? "until-end" : "endless");
    if (containers == 1) {
      return run(JobProcess.class, arguments, jvmOptions);
    }
    Coordinators.begin(properties, containers);
    return run(JobProcess.class, arguments, () -> Coordinators.ended(properties), jvmOptions);
  }

  /** Runs any of the tests' programs so. */
  static ContainerProcess run(Class<?> program, List<String> arguments, String... jvmOptions) {
    return run(program, arguments, () -> {}, jvmOptions);
  }

  private static ContainerProcess run(
      Class<?> program, List<String> arguments, Runnable onEnd, String... jvmOptions) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    command.addAll(List.of(jvmOptions));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(arguments);
    try {
      return new ContainerProcess(
          new ProcessBuilder(command).redirectErrorStream(true).start(), onEnd);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add("(its output broke off: " + e + ")");
    }
  }

  /** Waits for the process to end. Its exit status. */
  int awaitExit(long seconds) throws InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the container did not end in " + seconds + " s:\n" + output());
    }
    reader.join(5_000);
    ended.join();
    return process.exitValue();
  }

  /** Waits until it has printed a line that begins so. */
  String awaitLine(String beginning, long seconds) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (System.nanoTime() < deadline) {
      for (String line : lines) {
        if (line.startsWith(beginning)) {
          return line;
        }
      }
      if (!process.isAlive() && !reader.isAlive()) {
        break;
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    throw new AssertionError("no line " + beginning + ":\n" + output());
  }

  /** Whether it ends in this time. */
  boolean endsWithin(long milliseconds) throws InterruptedException {
    return process.waitFor(milliseconds, TimeUnit.MILLISECONDS);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
    ended.join();
  }

  void terminate() {
    process.destroy();
  }

  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  String output() {
    return String.join("\n", lines);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
