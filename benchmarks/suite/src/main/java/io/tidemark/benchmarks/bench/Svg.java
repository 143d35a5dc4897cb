package io.tidemark.benchmarks.bench;

import java.util.Locale;

/**
 * A picture of rectangles, lines and words, whose colours are those of classes: one set for a light
 * page, one for a dark one. Words have a rim of the page's colour, so that lines do not cross them.
 * One thread.
 */
final class Svg {
  private static final String STYLE =
      """
      <style>
      .page { fill: #ffffff } .text { fill: #1f2328 } .muted { fill: #59636e }
      text { stroke: #ffffff; stroke-width: 3px; stroke-linejoin: round; paint-order: stroke }
      .grid { stroke: #d1d9e0 } .one { stroke: #818b98 } .cut { stroke: #ffffff; stroke-width: 3 }
      .tidemark { fill: #0969a8 } .kafka-streams { fill: #d9822b }
      .flink { fill: #8250c4 } .raw { fill: #a5aeb8 }
      @media (prefers-color-scheme: dark) {
      .page { fill: #0d1117 } .text { fill: #f0f6fc } .muted { fill: #9198a1 }
      text { stroke: #0d1117 }
      .grid { stroke: #3d444d } .one { stroke: #9198a1 } .cut { stroke: #0d1117 }
      .tidemark { fill: #4aa8e0 } .kafka-streams { fill: #e09b4a }
      .flink { fill: #b48cf0 } .raw { fill: #656c76 }
      }
      </style>
      """;

  private final StringBuilder elements = new StringBuilder();

  void rectangle(String style, int x, int y, int width, int height) {
    elements.append(
        "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>%n"
            .formatted(style, x, y, width, height));
  }

  void line(String style, int fromX, int fromY, int toX, int toY) {
    elements.append(
        "<line class=\"%s\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>%n"
            .formatted(style, fromX, fromY, toX, toY));
  }

  void text(String style, int size, int x, int y, String words) {
    elements.append(
        "<text class=\"%s\" font-size=\"%d\" x=\"%d\" y=\"%d\">%s</text>%n"
            .formatted(style, size, x, y, escaped(words)));
  }

  void bold(int size, int x, int y, String words) {
    elements.append(
        "<text class=\"text\" font-weight=\"bold\" font-size=\"%d\" x=\"%d\" y=\"%d\">%s</text>%n"
            .formatted(size, x, y, escaped(words)));
  }

  void centred(String style, int size, int x, int y, String words) {
    elements.append(
        "<text class=\"%s\" text-anchor=\"middle\" font-size=\"%d\" x=\"%d\" y=\"%d\">%s</text>%n"
            .formatted(style, size, x, y, escaped(words)));
  }

  /** The whole file. */
  String picture(String title, int width, int height) {
    return String.format(
            Locale.ROOT,
            """
            <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" \
            role="img" font-family="-apple-system, Segoe UI, Helvetica, Arial, sans-serif">
            <title>%s</title>
            """,
            width,
            height,
            width,
            height,
            escaped(title))
        + STYLE
        + "<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n"
        + elements
        + "</svg>\n";
  }

  private static String escaped(String words) {
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
