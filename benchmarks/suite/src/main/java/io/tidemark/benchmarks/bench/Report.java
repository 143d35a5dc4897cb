package io.tidemark.benchmarks.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What measurements came to, as Markdown, for people. */
final class Report {
  private Report() {}

  /** All of it: each measurement's table, when and on what it was made, and what was set. */
  static String markdown(List<Summary> summaries) {
    StringBuilder text = new StringBuilder("# Results\n");
    for (Summary summary : summaries) {
      Occasion occasion = summary.occasion();
      text.append('\n').append(table(summary)).append("\nMeasured ").append(occasion.began());
      text.append(" by `").append(occasion.command()).append("`; rounds: ");
      text.append(occasion.rounds()).append("; ").append(listed(occasion.machine()));
      text.append(".\n\nSettings: ").append(listed(summary.settings())).append(".\n");
    }
    return text.toString();
  }

  private static String listed(Map<String, ?> values) {
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + ": " + entry.getValue())
        .collect(Collectors.joining("; "));
  }

  /** A measurement's table: a line per contender, the first figure with its spread and ratios. */
  static String table(Summary summary) {
    StringBuilder text = new StringBuilder();
    text.append("## ").append(summary.name()).append("\n\n");
    text.append(summary.description()).append(".\n\n");
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
