package io.tidemark.api;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The little of JSON (RFC 8259) that keys of primitive types need: strings, numbers, and the
 * elements of an array. Strict: what is not JSON is refused with TM-4503.
 */
final class Json {
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)");
  private static final int SHOWN = 80;

  private Json() {}

  /** A string in quotes. Half of a surrogate pair is escaped, so that the text is valid UTF-16. */
  static String quote(String string) {
    StringBuilder text = new StringBuilder(string.length() + 2).append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < string.length()
          && Character.isLowSurrogate(string.charAt(i + 1))) {
        text.append(c).append(string.charAt(++i));
      } else {
        appendEscaped(text, c);
      }
    }
    return text.append('"').toString();
  }

  private static void appendEscaped(StringBuilder text, char c) {
    switch (c) {
      case '"' -> text.append("\\\"");
      case '\\' -> text.append("\\\\");
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      case '\t' -> text.append("\\t");
      default -> {
        if (c < ' ' || Character.isSurrogate(c)) {
          text.append(String.format("\\u%04x", (int) c));
        } else {
          text.append(c);
        }
      }
    }
  }

  /** The string that JSON text in quotes stands for. */
  static String string(String json) {
    String text = trim(json);
    if (text.isEmpty() || text.charAt(0) != '"' || endOfString(text, 0) != text.length()) {
      throw wrong(json, "a string in double quotes");
    }
    StringBuilder string = new StringBuilder(text.length());
    for (int i = 1; i < text.length() - 1; i++) {
      char c = text.charAt(i);
      if (c < ' ') {
        throw wrong(json, "a string without control characters; write them as \\u00xx");
      }
      if (c != '\\') {
        string.append(c);
      } else if (text.charAt(++i) == 'u') {
        string.append(hex(json, text, i + 1));
        i += 4;
      } else {
        string.append(unescape(json, text.charAt(i)));
      }
    }
    return string.toString();
  }

  private static char unescape(String json, char escaped) {
    return switch (escaped) {
      case '"', '\\', '/' -> escaped;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> throw wrong(json, "a string; it has no escape \\" + escaped);
    };
  }

  private static char hex(String json, String text, int from) {
    int value = 0;
    for (int i = from; i < from + 4; i++) {
      // The closing quote, which always follows, is no digit.
      int digit = i < text.length() ? asciiDigit(text.charAt(i)) : -1;
      if (digit < 0) {
        throw wrong(json, "a string; \\u is followed by four hexadecimal digits");
      }
      value = value << 4 | digit;
    }
    return (char) value;
  }

  private static int asciiDigit(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }

  /** A whole number within limits. */
  static long wholeNumber(String json, long from, long to) {
    String text = trim(json);
    if (WHOLE_NUMBER.matcher(text).matches()) {
      try {
        long number = Long.parseLong(text);
        if (number >= from && number <= to) {
          return number;
        }
      } catch (NumberFormatException e) {
        // too large for 64 bits: the message below says what fits
      }
    }
    throw wrong(json, "a whole number from " + from + " to " + to);
  }

  /** A number; what JSON has no number for, as a string: "NaN", "Infinity", "-Infinity". */
  static double decimal(String json) {
    String text = trim(json);
    if (NUMBER.matcher(text).matches()) {
      double number = Double.parseDouble(text);
      if (!Double.isInfinite(number)) {
        return number;
      }
    }
    return switch (text) {
      case "\"NaN\"" -> Double.NaN;
      case "\"Infinity\"" -> Double.POSITIVE_INFINITY;
      case "\"-Infinity\"" -> Double.NEGATIVE_INFINITY;
      default ->
          throw wrong(
              json, "a number that a double can hold, \"NaN\", \"Infinity\" or \"-Infinity\"");
    };
  }

  static String decimal(double number) {
    return Double.isFinite(number) ? Double.toString(number) : quote(Double.toString(number));
  }

  /** The texts between an array's commas; whether they are JSON is for whoever reads them. */
  static List<String> elements(String json) {
    String text = trim(json);
    if (text.length() < 2 || text.charAt(0) != '[' || text.charAt(text.length() - 1) != ']') {
      throw wrong(json, "an array in brackets");
    }
    List<String> elements = new ArrayList<>();
    int depth = 0;
    int begin = 1;
    for (int i = 1; i < text.length() - 1; i++) {
      switch (text.charAt(i)) {
        case '"' -> i = endOfString(text, i) - 1;
        case '[', '{' -> depth++;
        case ']', '}' -> depth--;
        case ',' -> {
          if (depth == 0) {
            elements.add(trim(text.substring(begin, i)));
            begin = i + 1;
          }
        }
        default -> {}
      }
      if (depth < 0) {
        throw wrong(json, "one array");
      }
    }
    String last = trim(text.substring(begin, text.length() - 1));
    if (depth != 0 || (last.isEmpty() && !elements.isEmpty())) {
      throw wrong(json, "an array in brackets");
    }
    if (!last.isEmpty()) {
      elements.add(last);
    }
    return elements;
  }

  /** Where the string that begins at an opening quote ends, behind its closing quote. */
  private static int endOfString(String text, int quote) {
    for (int i = quote + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '"') {
        return i + 1;
      }
    }
    throw wrong(text, "a string; it has no closing quote");
  }

  private static String trim(String json) {
    int from = 0;
    int to = json.length();
    while (from < to && isSpace(json.charAt(from))) {
      from++;
    }
    while (to > from && isSpace(json.charAt(to - 1))) {
      to--;
    }
    return json.substring(from, to);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }

  static SerializationException wrong(String json, String expected) {
    String shown = json.length() <= SHOWN ? json : json.substring(0, SHOWN) + "...";
    return SerializationException.wrongJson(
        shown + " is not JSON of what is expected here: " + expected);
  }
}
