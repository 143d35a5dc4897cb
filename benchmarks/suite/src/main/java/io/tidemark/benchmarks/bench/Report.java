package io.tidemark.benchmarks.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a benchmark came to, as JSON for machines, as Markdown for people, and as a chart.
 *
 * @param command that reproduces it
 * @param began when it did
 * @param machine what it ran on
 * @param summaries of all measurements
 */
record Report(String command, String began, Map<String, String> machine, List<Summary> summaries) {
  /** Writes {@code results.json}, {@code results.md} and {@code results.svg} into a directory. */
  void write(Path directory) {
    try {
      Files.createDirectories(directory);
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .writeValue(directory.resolve("results.json").toFile(), json());
      Files.writeString(directory.resolve("results.md"), markdown());
      Files.writeString(directory.resolve("results.svg"), new Chart(summaries).svg());
    } catch (IOException e) {
      throw new UncheckedIOException("the results cannot be written to " + directory, e);
    }
  }

  private Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("command", command);
    json.put("began", began);
    json.put("machine", machine);
    List<Object> measurements = new ArrayList<>();
    for (Summary summary : summaries) {
      Map<String, Object> measurement = new LinkedHashMap<>();
      measurement.put("name", summary.measurement().name());
      measurement.put("description", summary.measurement().description());
      measurement.put("moreIsBetter", summary.measurement().moreIsBetter());
      measurement.put("settings", summary.measurement().settings());
      measurement.put("runs", summary.results().stream().map(Report::json).toList());
      measurements.add(measurement);
    }
    json.put("measurements", measurements);
    return json;
  }

  private static Map<String, Object> json(Result result) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("contender", result.contender());
    json.put("guarantee", result.guarantee());
    json.put("round", result.round());
    if (!result.counts()) {
      json.put("failure", result.failure());
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    result.figures().forEach(figure -> figures.put(figure.name(), figure.value()));
    json.put("figures", figures);
    return json;
  }

  private String markdown() {
    StringBuilder text = new StringBuilder("# Results\n\n");
    text.append("Measured ").append(began).append(" by `").append(command).append("`.\n\n");
    machine.forEach(
        (name, value) -> text.append("- ").append(name).append(": ").append(value).append('\n'));
    summaries.forEach(summary -> text.append('\n').append(table(summary)));
    return text.toString();
  }

  /** A measurement's table: a line per contender, the first figure with its spread and ratios. */
  static String table(Summary summary) {
    StringBuilder text = new StringBuilder();
    Measurement measurement = summary.measurement();
    text.append("## ").append(measurement.name()).append("\n\n");
    text.append(measurement.description()).append(".\n\n");
    if (!summary.contenders().isEmpty()) {
      List<String> figures = List.copyOf(summary.figures());
      text.append("| contender | guarantee | ")
          .append(figures.get(0))
          .append(" | min | max | of raw | tidemark is better by |");
      figures.stream().skip(1).forEach(figure -> text.append(' ').append(figure).append(" |"));
      text.append("\n|---|---|").append("---:|".repeat(figures.size() + 4)).append('\n');
      summary.contenders().forEach(contender -> text.append(line(summary, contender, figures)));
    }
    for (Result failed : summary.failures()) {
      text.append("\nRound ").append(failed.round()).append(" of ").append(failed.contender());
      text.append(" does not count: ")
          .append(failed.failure().lines().findFirst().orElse(""))
          .append('\n');
    }
    return text.toString();
  }

  private static String line(Summary summary, String contender, List<String> figures) {
    Summary.Spread first = summary.spread(contender, figures.get(0));
    StringBuilder line = new StringBuilder("| ").append(contender).append(" | ");
    line.append(summary.guarantee(contender)).append(" | ");
    line.append(number(first.median())).append(" | ").append(number(first.min())).append(" | ");
    line.append(number(first.max())).append(" | ").append(ratio(summary.ratioToRaw(contender)));
    line.append(" | ").append(ratio(summary.ratioOfTidemark(contender))).append(" |");
    figures.stream()
        .skip(1)
        .forEach(
            figure ->
                line.append(' ')
                    .append(number(summary.spread(contender, figure).median()))
                    .append(" |"));
    return line.append('\n').toString();
  }

  private static String ratio(double ratio) {
    return Double.isNaN(ratio) ? "-" : String.format(Locale.ROOT, "%.2f", ratio);
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    return Math.abs(value) >= 100
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.2f", value);
  }
}
