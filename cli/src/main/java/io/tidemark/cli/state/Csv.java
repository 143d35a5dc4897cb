package io.tidemark.cli.state;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Rows as comma-separated values (RFC 4180, but with line feeds), after a line with the names of
 * columns. Strings are as they are, all else is JSON.
 */
final class Csv implements RowWriter {
  private final PrintWriter out;
  private final List<String> columns;

  Csv(PrintWriter out, List<String> columns) {
    this.out = out;
    this.columns = columns;
    out.print(String.join(",", columns) + "\n");
  }

  @Override
  public void write(Map<String, String> row) {
    out.print(
        columns.stream()
            .map(column -> escape(JsonCells.plain(row.getOrDefault(column, ""))))
            .collect(Collectors.joining(",", "", "\n")));
  }

  private static String escape(String text) {
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : "\"" + text.replace("\"", "\"\"") + "\"";
  }

  @Override
  public void close() {
    out.flush();
  }
}
