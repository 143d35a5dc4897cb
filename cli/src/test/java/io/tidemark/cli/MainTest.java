package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.config.ConfigReference;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  private static final String RIGHT =
      """
      job.name=orders
      task.class=com.acme.Orders
      task.inputs=kafka.orders
      systems.kafka.factory=kafka
      streams.orders.msg.serde=json
      stores.totals.key.serde=string
      stores.totals.msg.serde=long
      """;

  @TempDir private Path folder;
  private StringWriter out;
  private StringWriter err;

  @BeforeEach
  void listen() {
    out = new StringWriter();
    err = new StringWriter();
  }

  private int run(String... arguments) {
    return Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("job.properties"), text);
  }

  @Test
  void help_lists_the_commands() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("Usage: tidemark", "config", "--verbose", "--version");
  }

  @Test
  void each_command_has_help_and_the_shared_options() {
    assertThat(run("config", "--help")).isZero();
    assertThat(out.toString())
        .contains("Usage: tidemark config", "--markdown", "--check", "--verbose");
  }

  @Test
  void the_version_is_told() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).startsWith("tidemark ");
  }

  @Test
  void a_command_line_that_cannot_be_understood_ends_with_2_and_says_where_help_is() {
    assertThat(run("confg")).isEqualTo(2);
    assertThat(err.toString()).startsWith("tidemark: ").contains("config", "tidemark --help");
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("A command is missing");
    assertThat(run("config", "--markdown", "--check", "x")).isEqualTo(2);
    assertThat(err.toString()).contains("See: tidemark config --help");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void the_reference_is_printed_as_text_and_as_markdown() {
    assertThat(run("config")).isZero();
    assertThat(out.toString()).isEqualTo(ConfigReference.text());
    listen();
    assertThat(run("config", "--markdown")).isZero();
    assertThat(out.toString()).isEqualTo(ConfigReference.markdown());
  }

  @Test
  void a_right_configuration_is_confirmed() throws IOException {
    Path file = file(RIGHT);

    assertThat(run("config", "--check", file.toString())).isZero();
    assertThat(out.toString())
        .isEqualToIgnoringNewLines(
            file + " is right: the job orders-1 reads 1 stream and has 1 store");
  }

  @Test
  void a_wrong_configuration_ends_with_1_and_a_readable_paragraph() throws IOException {
    Path file = file(RIGHT.replace("stores.totals.key.serde", "stores.totals.key.sede"));

    assertThat(run("config", "--check", file.toString())).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("tidemark: TM-1002: the configuration has 2 problems:")
        .contains(
            "stores.totals.key.sede: there is no such key; did you mean stores.totals.key.serde?")
        .doesNotContain("\tat ");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void a_stack_trace_is_shown_only_when_asked_for() {
    assertThat(run("config", "--check", "no-such-file")).isEqualTo(1);
    assertThat(err.toString()).startsWith("tidemark: TM-1001").doesNotContain("\tat ");
    assertThat(run("config", "--check", "no-such-file", "--verbose")).isEqualTo(1);
    assertThat(err.toString()).contains("\tat ");
  }

  @Test
  void a_jar_of_the_users_that_is_not_there_is_named() throws IOException {
    Path file = file(RIGHT);

    assertThat(run("config", "--check", file.toString(), "--classpath", "missing.jar"))
        .isEqualTo(1);
    assertThat(err.toString()).contains("TM-1005", "missing.jar");
  }
}
