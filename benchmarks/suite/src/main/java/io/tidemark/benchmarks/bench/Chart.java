package io.tidemark.benchmarks.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Rates beside that of Tidemark, as SVG: a group of bars for each measurement of throughput, which
 * are as long as its contenders are fast, where Tidemark is 1. Those that are tuned, at the same
 * guarantee, and the limit. A bar that does not fit is cut, and its label says what it is.
 */
final class Chart {
  private static final String OURS = "tidemark";
  private static final Map<String, String> NAMES = names();
  private static final int WIDTH = 760;
  private static final int LEFT = 176;
  private static final int UNIT = 200;
  private static final int LARGEST = 2;
  private static final int RIGHT = LEFT + LARGEST * UNIT + 10;
  private static final int HEAD = 128;
  private static final int FOOT = 28;
  private static final int BAR = 14;
  private static final int STEP = 17;
  private static final int GAP = 16;

  private final List<Summary> summaries;
  private final Svg svg = new Svg();

  Chart(List<Summary> summaries) {
    this.summaries =
        summaries.stream()
            .filter(Summary::moreIsBetter)
            .filter(summary -> summary.contenders().contains(OURS))
            .toList();
  }

  private static Map<String, String> names() {
    Map<String, String> names = new LinkedHashMap<>();
    names.put(OURS, "Tidemark");
    names.put("kafka-streams", "Kafka Streams");
    names.put("flink", "Flink");
    names.put("raw", "bare Kafka clients, state in memory only");
    return names;
  }

  String svg() {
    int height = HEAD + summaries.stream().mapToInt(Chart::height).sum() + FOOT;
    head();
    grid(height - FOOT);
    int y = HEAD;
    for (Summary summary : summaries) {
      draw(summary, y);
      y += height(summary);
    }
    return svg.picture("Throughput of Tidemark and others", WIDTH, height);
  }

  private void head() {
    svg.bold(18, 12, 28, "Throughput beside others on one machine");
    svg.text(
        "muted",
        12,
        12,
        48,
        "Records per second, exactly-once, all tuned; longer is faster. " + occasion());
    svg.text("muted", 12, 12, 65, machine());
    int x = 12;
    for (Map.Entry<String, String> name : NAMES.entrySet()) {
      svg.rectangle(name.getKey(), x, 78, 12, 12);
      svg.text("text", 12, x + 18, 88, name.getValue());
      x += 44 + name.getValue().length() * 7;
    }
  }

  private String occasion() {
    Set<String> dates = new TreeSet<>();
    Set<Integer> rounds = new TreeSet<>();
    for (Summary summary : summaries) {
      dates.add(summary.occasion().date());
      rounds.add(summary.occasion().rounds());
    }
    String medians =
        rounds.equals(Set.of(1))
            ? "One round"
            : rounds.stream()
                .map(String::valueOf)
                .collect(Collectors.joining(" or ", "Medians of ", " rounds"));
    return medians + ", " + String.join(", ", dates) + ".";
  }

  private String machine() {
    return summaries.stream()
        .map(summary -> summary.occasion().machine())
        .map(
            machine ->
                machine.getOrDefault("processors", "?")
                    + " processors ("
                    + machine.getOrDefault("processor", "unknown")
                    + "), the broker among them")
        .distinct()
        .collect(Collectors.joining("; "));
  }

  /** A line at each half, above and below the bars what it stands for. */
  private void grid(int bottom) {
    for (int half = 0; half <= 2 * LARGEST; half++) {
      int x = LEFT + half * UNIT / 2;
      svg.line(half == 2 ? "one" : "grid", x, HEAD - 8, x, bottom);
      String label = half % 2 == 0 ? Integer.toString(half / 2) : half / 2 + ".5";
      svg.centred("muted", 11, x, HEAD - 14, half == 2 ? "1 = Tidemark" : label);
    }
  }

  private static int height(Summary summary) {
    return Math.max(3, shown(summary).size()) * STEP + GAP;
  }

  private static List<String> shown(Summary summary) {
    return NAMES.keySet().stream().filter(summary.contenders()::contains).toList();
  }

  private void draw(Summary summary, int top) {
    svg.bold(13, 12, top + 12, summary.name());
    svg.text("muted", 11, 12, top + 28, counted(summary, "records"));
    svg.text("muted", 11, 12, top + 43, counted(summary, "keys"));
    int y = top;
    for (String contender : shown(summary)) {
      bar(summary, contender, y);
      y += STEP;
    }
  }

  private static String counted(Summary summary, String setting) {
    return summary.settings().get(setting) instanceof Number number
        ? String.format(Locale.ROOT, "%,d %s", number.longValue(), setting)
        : "";
  }

  private void bar(Summary summary, String contender, int y) {
    double ratio = ratio(summary, contender);
    int length = (int) Math.round(Math.min(ratio * UNIT, RIGHT - LEFT));
    svg.rectangle(contender, LEFT, y, Math.max(1, length), BAR);
    if (ratio * UNIT > RIGHT - LEFT) {
      svg.line("cut", RIGHT - 24, y + BAR + 2, RIGHT - 18, y - 2);
      svg.line("cut", RIGHT - 17, y + BAR + 2, RIGHT - 11, y - 2);
    }
    double rate = summary.spread(contender, summary.first()).median();
    String label = String.format(Locale.ROOT, "%,.0f/s", rate);
    String beside = String.format(Locale.ROOT, ", %.2f×", ratio);
    svg.text(
        "text", 11, LEFT + length + 7, y + 11, contender.equals(OURS) ? label : label + beside);
  }

  /** Of the rounds that both ran in; where there is none, of the medians. */
  private static double ratio(Summary summary, String contender) {
    double ratio = summary.ratio(contender, OURS);
    return Double.isNaN(ratio)
        ? summary.spread(contender, summary.first()).median()
            / summary.spread(OURS, summary.first()).median()
        : ratio;
  }
}
