package io.tidemark.benchmarks.bench;

import io.tidemark.benchmarks.contender.Assignment;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A contender at work, in a process of its own, which ends with this one at the latest. What it
 * prints goes to a file. One thread.
 */
final class ContenderProcess implements AutoCloseable {
  private static final long STOP_LIMIT_S = 30;

  private final Process process;
  private final Path log;
  private final Thread endedWithUs;
  private final long startedAt = System.currentTimeMillis();

  private ContenderProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
    this.endedWithUs = new Thread(process::destroyForcibly, "contender-end");
    Runtime.getRuntime().addShutdownHook(endedWithUs);
  }

  /**
   * Starts one.
   *
   * @param heap the JVM's heap in MiB
   * @param more options for the JVM
   */
  static ContenderProcess start(
      Contender contender,
      Assignment assignment,
      Path home,
      Path directory,
      int heap,
      List<String> more) {
    try {
      Files.createDirectories(directory);
      String name = name(assignment);
      Path file = directory.resolve(name + ".properties");
      assignment.write(file);
      List<String> line = new ArrayList<>();
      line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      line.add("-Xmx" + heap + "m");
      line.add("-XX:ErrorFile=" + directory.resolve(name + "-crash-%p.log"));
      line.addAll(contender.options());
      line.addAll(ClassArchives.options(contender, directory));
      line.addAll(more);
      String tried = System.getProperty("bench." + contender.name() + ".options", "");
      line.addAll(tried.isEmpty() ? List.of() : List.of(tried.split(" ")));
      line.addAll(List.of("-cp", contender.classPath(home), contender.mainClass()));
      line.add(file.toString());
      Path log = directory.resolve(name + ".log");
      ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
      builder.environment().putIfAbsent("MALLOC_ARENA_MAX", "2");
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
      return new ContenderProcess(builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException("the contender " + contender.name() + " cannot start", e);
    }
  }

  private static String name(Assignment assignment) {
    return assignment.share().isWhole()
        ? assignment.application()
        : assignment.application() + "-" + assignment.share().container();
  }

  /** When it was started, in milliseconds of the clock. */
  long startedAt() {
    return startedAt;
  }

  /**
   * Fails if it has ended by itself.
   *
   * @throws IllegalStateException with the end of what it printed
   */
  void assertItRuns() {
    if (!process.isAlive()) {
      throw new IllegalStateException("it ended with " + process.exitValue() + ":\n" + endOfLog());
    }
  }

  /** The processor time it has used. */
  Duration cpu() {
    return cpu(process.toHandle());
  }

  static Duration cpu(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** The most memory it has had, in bytes, or 0 where the system does not tell. */
  long peakMemory() {
    try {
      return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  void kill() {
    process.destroyForcibly();
    await();
  }

  /** Ends it in order, or by force. */
  @Override
  public void close() {
    process.destroy();
    await();
  }

  private void await() {
    try {
      if (!process.waitFor(STOP_LIMIT_S, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      forgetEnd();
    }
  }

  private void forgetEnd() {
    try {
      Runtime.getRuntime().removeShutdownHook(endedWithUs);
    } catch (IllegalStateException e) {
      return; // it is running: this process ends
    }
  }

  private String endOfLog() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    } catch (IOException e) {
      return "nothing can be read of " + log;
    }
  }
}
