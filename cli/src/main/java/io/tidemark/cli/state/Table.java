package io.tidemark.cli.state;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Rows as a table for people. Columns are as wide as the first {@value #LOOKED_AT} rows take;
 * columns that are empty in all of those are left out. The last column is not filled up.
 */
final class Table implements RowWriter {
  private static final int LOOKED_AT = 500;
  private static final int WIDEST = 60;

  private final PrintWriter out;
  private final List<String> columns;
  private final List<Map<String, String>> first = new ArrayList<>();
  private final Map<String, Integer> widths = new HashMap<>();
  private boolean begun;

  /**
   * @param columns their names, in order
   */
  Table(PrintWriter out, List<String> columns) {
    this.out = out;
    this.columns = columns;
  }

  @Override
  public void write(Map<String, String> row) {
    Map<String, String> cells = new HashMap<>();
    row.forEach((column, json) -> cells.put(column, oneLine(json)));
    if (begun) {
      print(cells);
      return;
    }
    first.add(cells);
    if (first.size() == LOOKED_AT) {
      begin();
    }
  }

  /** What stays on its line and in its column: a string without quotes unless it has escapes. */
  private static String oneLine(String json) {
    return json.length() > 2 && json.startsWith("\"") && json.indexOf('\\') < 0
        ? json.substring(1, json.length() - 1)
        : json;
  }

  private void begin() {
    begun = true;
    Map<String, String> head = new HashMap<>();
    for (String column : columns) {
      int widest =
          first.stream().mapToInt(row -> row.getOrDefault(column, "").length()).max().orElse(0);
      if (widest > 0 || first.isEmpty()) {
        widths.put(column, Math.min(WIDEST, Math.max(widest, column.length())));
        head.put(column, column.toUpperCase(Locale.ROOT));
      }
    }
    print(head);
    first.forEach(this::print);
    first.clear();
  }

  private void print(Map<String, String> cells) {
    StringBuilder line = new StringBuilder();
    for (String column : columns) {
      Integer width = widths.get(column);
      if (width != null) {
        String cell = cells.getOrDefault(column, "");
        line.append(cell).append(" ".repeat(Math.max(0, width - cell.length()) + 2));
      }
    }
    out.print(line.toString().stripTrailing() + "\n");
  }

  @Override
  public void close() {
    if (!begun) {
      begin();
    }
    out.flush();
  }
}
