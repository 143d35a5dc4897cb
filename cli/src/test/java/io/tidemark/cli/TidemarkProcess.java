package io.tidemark.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The {@code tidemark} command in a process of its own, as a user starts it. */
final class TidemarkProcess implements AutoCloseable {
  private static final long LIMIT_S = 120;

  private final Process process;
  private final Path output;

  /**
   * Starts it.
   *
   * @param folder for what it prints
   */
  TidemarkProcess(Path folder, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put(JavaLauncher.OPTIONS, "-Xmx256m");
    try {
      this.output = Files.createTempFile(folder, "output", ".txt");
      this.process = builder.redirectOutput(output.toFile()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for its end; tells its exit code. */
  int awaitExit() throws InterruptedException {
    if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
      throw new AssertionError("still runs; it said:\n" + output());
    }
    return process.exitValue();
  }

  /** What it has printed, errors too. */
  String output() {
    try {
      return Files.readString(output, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The processes that it has started. */
  List<ProcessHandle> children() {
    return process.children().toList();
  }

  /** Asks it to end (SIGTERM). */
  void terminate() {
    process.destroy();
  }

  /** Ends it (SIGKILL). */
  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    kill();
  }
}
