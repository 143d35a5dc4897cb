package io.tidemark.cli.state;

import java.io.PrintWriter;
import java.util.Map;
import java.util.stream.Collectors;

/** Rows as JSON objects, one on a line. */
final class JsonLines implements RowWriter {
  private final PrintWriter out;

  JsonLines(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void write(Map<String, String> row) {
    out.print(
        row.entrySet().stream()
            .map(cell -> SerdeText.quote(cell.getKey()) + ":" + cell.getValue())
            .collect(Collectors.joining(",", "{", "}\n")));
  }

  @Override
  public void close() {
    out.flush();
  }
}
