package io.tidemark.benchmarks.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ResultsTest {
  @TempDir Path directory;

  @Test
  void every_run_is_there_and_which_do_not_count() throws Exception {
    Results results = Results.in(directory);
    Result failed = Result.failed(contender("raw"), 2, "twice the message <3>");
    results.put(summary("copy", 1, List.of(result("tidemark", 123_456), failed)));
    results.write();
    JsonNode json = new ObjectMapper().readTree(directory.resolve("results.json").toFile());
    assertThat(json.at("/measurements/0/runs/0/figures/records~1s").asDouble()).isEqualTo(123_456);
    assertThat(json.at("/measurements/0/runs/1/failure").asText()).contains("twice");
    assertThat(json.at("/measurements/0/settings/heapMiB").asInt()).isPositive();
    assertThat(Files.readString(directory.resolve("results.md")))
        .contains("| tidemark | exactly-once | 123,456 |", "does not count: twice the message");
    assertThat(Files.readString(directory.resolve("results.svg"))).contains("123,456");
  }

  @Test
  void another_command_keeps_what_it_does_not_measure_and_replaces_what_it_does() throws Exception {
    Results first = Results.in(directory);
    first.put(summary("count", 1, List.of(result("tidemark", 1_000))));
    first.put(summary("copy", 1, List.of(result("tidemark", 2_000))));
    first.write();
    Results second = Results.in(directory);
    second.put(summary("count", 3, List.of(result("tidemark", 3_000), result("raw", 4_000))));
    second.write();
    List<Summary> all = Results.in(directory).summaries();
    assertThat(all.get(1).results()).isEqualTo(second.summaries().get(1).results());
    assertThat(all).extracting(Summary::name).containsExactly("copy", "count");
    assertThat(all.get(0).occasion()).isEqualTo(occasion(1));
    assertThat(all.get(1).occasion()).isEqualTo(occasion(3));
    assertThat(all.get(1).ratioToRaw("tidemark")).isEqualTo(0.75);
    assertThat(Files.readString(directory.resolve("results.md")))
        .contains(
            "2,000", "3,000", "Measured 2026-11-21T03:00:00Z by `./tidemark bench 3`", "keys:")
        .doesNotContain("1,000 |");
  }

  @Test
  void a_report_is_made_anew_without_measuring() throws Exception {
    Results results = Results.in(directory);
    results.put(summary("count", 1, List.of(result("tidemark", 1_000))));
    results.write();
    String report = Files.readString(directory.resolve("results.md"));
    Files.delete(directory.resolve("results.md"));
    Files.delete(directory.resolve("results.svg"));
    assertThat(reported()).isZero();
    assertThat(Files.readString(directory.resolve("results.md"))).isEqualTo(report);
    assertThat(directory.resolve("results.svg")).isNotEmptyFile();
  }

  @Test
  void no_report_is_made_of_nothing() {
    assertThat(reported()).isEqualTo(CommandLine.ExitCode.USAGE);
  }

  @Test
  void a_file_of_another_form_is_refused_and_not_replaced() throws Exception {
    Path file = directory.resolve("results.json");
    Files.writeString(file, "{\"measurements\":[{\"name\":\"copy\"}]}");
    assertThatThrownBy(() -> Results.in(directory)).hasMessageContaining("remove it");
    assertThat(reported()).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(file).content().contains("copy");
  }

  private int reported() {
    CommandLine command = new CommandLine(new BenchCommand());
    command.setOut(new PrintWriter(new StringWriter()));
    command.setErr(new PrintWriter(new StringWriter()));
    return command.execute("--report", "--results", directory.toString());
  }

  private static Summary summary(String name, int hour, List<Result> results) {
    Measurement measurement =
        Measurements.all(false).stream().filter(each -> each.name().equals(name)).findFirst().get();
    return Summary.of(measurement, occasion(hour), results);
  }

  private static Occasion occasion(int number) {
    return new Occasion(
        "2026-11-21T0" + number + ":00:00Z",
        "./tidemark bench " + number,
        number,
        Map.of("processors", "2"));
  }

  private static Result result(String contender, double rate) {
    return Result.of(contender(contender), 1, List.of(new Figure("records/s", rate)));
  }

  private static Contender contender(String name) {
    return Contender.all().stream().filter(each -> each.name().equals(name)).findFirst().get();
  }
}
