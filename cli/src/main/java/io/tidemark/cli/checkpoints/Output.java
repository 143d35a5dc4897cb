package io.tidemark.cli.checkpoints;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How commands of this package show things: JSON on one line, and aligned columns. */
final class Output {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  private Output() {}

  /** An object's fields, in order. */
  static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return object;
  }

  /** Maps, lists, numbers, booleans, null; all others as strings. */
  static String json(@Nullable Object value) {
    if (value instanceof Map<?, ?> object) {
      return object.entrySet().stream()
          .map(field -> quote(String.valueOf(field.getKey())) + ":" + json(field.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    if (value instanceof List<?> array) {
      return array.stream().map(Output::json).collect(Collectors.joining(",", "[", "]"));
    }
    return value == null || value instanceof Number || value instanceof Boolean
        ? String.valueOf(value)
        : quote(value.toString());
  }

  private static String quote(String text) {
    return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
  }

  /** Rows in columns that are as wide as they need be; the first row is the head. */
  static void print(PrintWriter out, List<List<String>> rows) {
    List<Integer> widths = new ArrayList<>();
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        int width = row.get(i).length();
        if (i == widths.size()) {
          widths.add(width);
        } else {
          widths.set(i, Math.max(widths.get(i), width));
        }
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        line.append(row.get(i)).append(" ".repeat(widths.get(i) - row.get(i).length() + 2));
      }
      out.print(line.toString().stripTrailing() + "\n");
    }
  }

  static String bytes(long bytes) {
    double shown = bytes;
    int unit = 0;
    while (shown >= 1024 && unit < UNITS.length - 1) {
      shown /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", shown, UNITS[unit]);
  }

  static String time(long ms) {
    return Instant.ofEpochMilli(ms).toString();
  }

  static String seconds(long ms) {
    return Instant.ofEpochMilli(ms).truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
