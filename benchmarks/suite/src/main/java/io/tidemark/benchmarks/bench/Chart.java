package io.tidemark.benchmarks.bench;

import java.util.List;
import java.util.Locale;

/** Bars of the first figure of each measurement, one under the other, as SVG. */
final class Chart {
  private static final int WIDTH = 760;
  private static final int LABEL = 190;
  private static final int BAR = 16;
  private static final int STEP = 20;
  private static final int HEAD = 34;

  private final List<Summary> summaries;
  private final StringBuilder svg = new StringBuilder();
  private int y;

  Chart(List<Summary> summaries) {
    this.summaries = summaries.stream().filter(each -> !each.contenders().isEmpty()).toList();
  }

  String svg() {
    int height = 10;
    for (Summary summary : summaries) {
      height += HEAD + summary.contenders().size() * STEP + 10;
    }
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" \
        font-family="sans-serif" font-size="12">
        <rect width="100%%" height="100%%" fill="#ffffff"/>
        """
            .formatted(WIDTH, height, WIDTH, height));
    summaries.forEach(this::draw);
    return svg.append("</svg>\n").toString();
  }

  private void draw(Summary summary) {
    String first = summary.first();
    String better = summary.measurement().moreIsBetter() ? "more is better" : "less is better";
    text(8, y + 22, "#000000", summary.measurement().name() + ": " + first + ", " + better);
    y += HEAD;
    double most =
        summary.contenders().stream()
            .mapToDouble(contender -> summary.spread(contender, first).median())
            .max()
            .orElse(1);
    for (String contender : summary.contenders()) {
      bar(contender, summary.spread(contender, first).median(), most);
    }
    y += 10;
  }

  private void bar(String contender, double value, double most) {
    int length = (int) Math.max(1, value / most * (WIDTH - LABEL - 110));
    text(8, y + 13, "#333333", contender);
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>%n",
            LABEL,
            y,
            length,
            BAR,
            colour(contender)));
    String shown = value >= 100 ? "%,.0f" : "%.2f";
    text(LABEL + length + 6, y + 13, "#333333", String.format(Locale.ROOT, shown, value));
    y += STEP;
  }

  private static String colour(String contender) {
    if (contender.startsWith("tidemark")) {
      return "#0b6e99";
    }
    return contender.equals("raw") ? "#bbbbbb" : "#c98b5e";
  }

  private void text(int x, int at, String colour, String words) {
    svg.append("<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>%n".formatted(x, at, colour, words));
  }
}
