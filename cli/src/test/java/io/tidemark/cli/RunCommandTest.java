package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a user reads when a job cannot be run. */
@Timeout(120)
class RunCommandTest {
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder;

  @AfterEach
  void restore() {
    Thread.currentThread().setContextClassLoader(before);
  }

  /** Runs a job whose only broker is absent. */
  private int run(String... more) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("job.properties"),
            """
            job.name=orders
            job.state.dir=%s
            task.class=io.tidemark.examples.firstjob.CustomerTotalsTask
            task.inputs=kafka.orders
            systems.kafka.factory=kafka
            systems.kafka.bootstrap.servers=localhost:1
            systems.kafka.connect.timeout.ms=300
            stores.totals.key.serde=string
            stores.totals.msg.serde=long
            """
                .formatted(folder.resolve("state")));
    List<String> arguments = new ArrayList<>(List.of("run", "--config", file.toString()));
    arguments.addAll(Arrays.asList(more));
    return Main.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
  }

  private void assertOneParagraph(String... parts) {
    assertThat(err.toString()).startsWith("tidemark: TM-").contains(parts).doesNotContain("\tat ");
    assertThat(out.toString()).doesNotContain("TM-");
  }

  @Test
  void a_key_that_does_not_exist() throws IOException {
    assertThat(run("-Dtask.comit.ms=5")).isEqualTo(1);
    assertOneParagraph("TM-1002", "task.comit.ms", "did you mean task.commit.ms?");
  }

  @Test
  void a_class_that_does_not_exist() throws IOException {
    assertThat(run("-D", "task.class=com.acme.Nothing")).isEqualTo(1);
    assertOneParagraph("TM-1003", "task.class=com.acme.Nothing", "--classpath");
  }

  @Test
  void a_class_that_is_no_task() throws IOException {
    assertThat(run("-Dtask.class=java.lang.Object", "--containers", "2")).isEqualTo(1);
    assertOneParagraph("TM-1003", "neither a StreamTask nor an AsyncStreamTask");
  }

  @Test
  void an_engine_a_system_and_a_serde_that_do_not_exist() throws IOException {
    assertThat(run("-Dstores.totals.factory=rocksdbb")).isEqualTo(1);
    assertOneParagraph("TM-1003", "did you mean rocksdb?");
    assertThat(run("-Dsystems.kafka.factory=kafak")).isEqualTo(1);
    assertOneParagraph("did you mean kafka?");
    assertThat(run("-Dstores.totals.msg.serde=lnog")).isEqualTo(1);
    assertOneParagraph("did you mean long?");
  }

  @Test
  void a_file_that_does_not_exist() {
    int exitCode =
        Main.run(new PrintWriter(out), new PrintWriter(err), "run", "--config", "no-such-file");
    assertThat(exitCode).isEqualTo(1);
    assertOneParagraph("TM-1001", "no-such-file");
  }

  @Test
  void a_broker_that_does_not_answer_whether_the_job_runs_here_or_in_processes()
      throws IOException {
    assertThat(run()).isEqualTo(1);
    assertOneParagraph("TM-2001", "localhost:1");
    err.getBuffer().setLength(0);

    assertThat(run("--containers", "2")).isEqualTo(1);
    assertOneParagraph("TM-2001", "localhost:1");
  }

  @Test
  void a_state_directory_that_cannot_be_written() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertThat(run("--containers", "2", "-Djob.state.dir=" + file.resolve("state"))).isEqualTo(1);
    assertOneParagraph("TM-3004", file.toString());
  }

  @Test
  void containers_that_could_not_reach_their_coordinator() throws IOException {
    assertThat(run("--containers", "2", "-Djob.coordinator.address=off")).isEqualTo(1);
    assertOneParagraph("TM-8402", "job.coordinator.address=off");
  }

  @Test
  void a_beginning_that_is_none() throws IOException {
    assertThat(run("--from", "yesterday")).isEqualTo(1);
    assertOneParagraph("TM-8233", "yesterday");
  }

  @Test
  void a_command_line_that_makes_no_sense_ends_with_2() throws IOException {
    assertThat(run("--containers", "-1")).isEqualTo(2);
    assertThat(run("--containers", "two")).isEqualTo(2);
    assertThat(run("--until-ned")).isEqualTo(2);
    assertThat(Main.run(new PrintWriter(out), new PrintWriter(err), "run")).isEqualTo(2);
    assertThat(err.toString()).contains("See: tidemark run --help");
  }

  @Test
  void the_command_for_supervised_containers_is_not_listed() {
    assertThat(Main.run(new PrintWriter(out), new PrintWriter(err), "--help")).isZero();
    assertThat(out.toString())
        .contains("  run ")
        .contains("  container ", "  coordinator ")
        .doesNotContain("supervised");
  }
}
