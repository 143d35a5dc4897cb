package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Interrupts a demo that runs in a process of its own. */
@Tag("slow")
@Timeout(180)
class DemoInterruptTest {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int BROKER_AND_CONTAINERS = 3;

  @TempDir Path folder;

  private Process demo;

  @AfterEach
  void end() {
    demo.descendants().forEach(ProcessHandle::destroyForcibly);
    demo.destroyForcibly();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void while_the_job_runs_it_leaves_neither_processes_nor_files(String signal) throws Exception {
    start("--lines", "300000");
    await("the processes", () -> demo.descendants().count() >= BROKER_AND_CONTAINERS);

    interruptAndCheck(signal);
  }

  @Test
  void while_the_broker_starts_it_leaves_neither_processes_nor_files() throws Exception {
    start("--lines", "300000");
    await("the broker's process", () -> demo.descendants().count() >= 1);

    interruptAndCheck("TERM");
  }

  @Test
  void when_everything_is_kept_it_leaves_neither_processes_nor_files() throws Exception {
    start("--lines", "3000", "--no-kill", "--keep");
    await("the end", () -> printed().contains("until you press Ctrl-C"));
    assertThat(printed()).contains("verdict   exact", "ConsoleConsumer");
    assertThat(demo.descendants()).as("the broker").hasSize(1);

    interruptAndCheck("INT");
  }

  private void start(String... options) throws IOException {
    List<String> command =
        Stream.concat(
                Stream.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")),
                    "-Dtidemark.broker.lib=" + System.getProperty("tidemark.broker.lib"),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Main.class.getName(),
                    "demo"),
                Stream.of(options))
            .toList();
    demo =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("printed").toFile())
            .start();
  }

  private void interruptAndCheck(String signal) throws Exception {
    List<ProcessHandle> processes = demo.descendants().toList();

    new ProcessBuilder("kill", "-" + signal, Long.toString(demo.pid())).start().waitFor();

    assertThat(demo.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("ended").isTrue();
    assertThat(demo.exitValue()).as("%s", printed()).isEqualTo(signal.equals("INT") ? 130 : 143);
    await("the end of all processes", () -> processes.stream().noneMatch(ProcessHandle::isAlive));
    try (Stream<Path> left = Files.list(folder.resolve("tmp"))) {
      assertThat(left.filter(file -> file.toString().contains("tidemark-demo"))).isEmpty();
    }
    assertThat(printed()).doesNotContain("xception", "TM-");
  }

  private void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as("%s: %s", what, printed()).isNegative();
      assertThat(demo.isAlive() || condition.getAsBoolean()).as("%s", printed()).isTrue();
      Thread.sleep(20);
    }
  }

  private String printed() {
    try {
      return Files.readString(folder.resolve("printed"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
