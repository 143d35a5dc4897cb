package io.tidemark.integration;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A {@link JobProcess} under a test's control. */
final class ContainerProcess implements AutoCloseable {
  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  private ContainerProcess(Process process) {
    this.process = process;
    this.reader = new Thread(this::read, "container-output");
    reader.setDaemon(true);
    reader.start();
  }

  static ContainerProcess start(
      Path properties, int container, int containers, boolean untilEnd, String... jvmOptions) {
    return run(
        JobProcess.class,
        List.of(
            properties.toString(),
            Integer.toString(container),
            Integer.toString(containers),
            untilEnd ? "until-end" : "endless"),
        jvmOptions);
  }

  /** Runs any of the tests' programs so. */
  static ContainerProcess run(Class<?> program, List<String> arguments, String... jvmOptions) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    command.addAll(List.of(jvmOptions));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(arguments);
    try {
      return new ContainerProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
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
