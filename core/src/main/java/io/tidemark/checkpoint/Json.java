package io.tidemark.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The little of JSON (RFC 8259) that manifests are made of: objects, arrays, strings and whole
 * numbers of 64 bits. Objects keep the order of their fields. Strict: what is not of this form, and
 * a field that is there twice, is refused with {@link IllegalArgumentException}.
 *
 * <p>In Java an object is a {@code Map<String, Object>}, an array a {@code List<Object>}, a number
 * a {@link Long}.
 */
final class Json {
  private static final int DEEPEST = 32;

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /** Text for people: what holds no more objects stands on one line. */
  static String write(Object value) {
    StringBuilder text = new StringBuilder();
    write(text, value, "\n");
    return text.toString();
  }

  private static void write(StringBuilder text, Object value, String newLine) {
    if (value instanceof String string) {
      quote(text, string);
    } else if (value instanceof Map<?, ?> object) {
      String[] separator = separators(isFlat(object.values()), newLine);
      text.append('{');
      String before = separator[0];
      for (Map.Entry<?, ?> field : object.entrySet()) {
        text.append(before);
        quote(text, (String) field.getKey());
        text.append(": ");
        write(text, field.getValue(), newLine + "  ");
        before = separator[1];
      }
      text.append(object.isEmpty() ? "" : separator[2]).append('}');
    } else if (value instanceof List<?> array) {
      String[] separator = separators(isFlat(array), newLine);
      text.append('[');
      String before = separator[0];
      for (Object element : array) {
        text.append(before);
        write(text, element, newLine + "  ");
        before = separator[1];
      }
      text.append(array.isEmpty() ? "" : separator[2]).append(']');
    } else {
      text.append((Long) value);
    }
  }

  /** What stands before the first element, between two, and after the last. */
  private static String[] separators(boolean flat, String newLine) {
    return flat
        ? new String[] {"", ", ", ""}
        : new String[] {newLine + "  ", "," + newLine + "  ", newLine};
  }

  private static boolean isFlat(Iterable<?> values) {
    for (Object value : values) {
      boolean filled =
          value instanceof Map<?, ?> object
              ? !object.isEmpty()
              : value instanceof List<?> array && !array.isEmpty();
      if (filled) {
        return false;
      }
    }
    return true;
  }

  private static void quote(StringBuilder text, String string) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < string.length()
              && Character.isLowSurrogate(string.charAt(i + 1));
      if (pair) {
        text.append(c).append(string.charAt(++i));
      } else if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        text.append(String.format("\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }

  /** What a text stands for. */
  static Object read(String text) {
    Json json = new Json(text);
    Object value = json.value(0);
    json.space();
    if (json.at < text.length()) {
      throw json.wrong("the end");
    }
    return value;
  }

  private Object value(int depth) {
    if (depth > DEEPEST) {
      throw wrong("less deeply nested values");
    }
    space();
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      default -> number();
    };
  }

  private Map<String, Object> object(int depth) {
    Map<String, Object> object = new LinkedHashMap<>();
    expect('{');
    space();
    if (peek() != '}') {
      do {
        space();
        int place = at;
        String name = string();
        space();
        expect(':');
        if (object.put(name, value(depth + 1)) != null) {
          at = place;
          throw wrong("the field \"" + name + "\" no more than once");
        }
        space();
      } while (passed(','));
    }
    expect('}');
    return object;
  }

  private List<Object> array(int depth) {
    List<Object> array = new ArrayList<>();
    expect('[');
    space();
    if (peek() != ']') {
      do {
        array.add(value(depth + 1));
        space();
      } while (passed(','));
    }
    expect(']');
    return array;
  }

  private String string() {
    expect('"');
    StringBuilder string = new StringBuilder();
    while (peek() != '"') {
      char c = peek();
      if (c < ' ') {
        throw wrong("a string without control characters");
      }
      at++;
      string.append(c == '\\' ? escaped() : c);
    }
    at++;
    return string.toString();
  }

  private char escaped() {
    char c = peek();
    at += at < text.length() ? 1 : 0;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw wrong("a known escape");
    };
  }

  private char unicode() {
    int value = 0;
    for (int i = 0; i < 4; i++, at++) {
      char c = peek();
      int digit = c < 128 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        throw wrong("four hexadecimal digits");
      }
      value = value << 4 | digit;
    }
    return (char) value;
  }

  private Long number() {
    int begin = at;
    passed('-');
    int digits = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    String number = text.substring(begin, at);
    boolean leadingZero = text.startsWith("0", digits) && at > digits + 1;
    if (at == digits || leadingZero || number.equals("-0")) {
      at = begin;
      throw wrong("a value");
    }
    try {
      return Long.parseLong(number);
    } catch (NumberFormatException e) {
      at = begin;
      throw wrong("a whole number of 64 bits");
    }
  }

  private void space() {
    while (at < text.length() && " \n\r\t".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  /** The next character; 0, which nothing begins with, at the end. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private boolean passed(char c) {
    boolean is = peek() == c;
    at += is ? 1 : 0;
    return is;
  }

  private void expect(char c) {
    if (!passed(c)) {
      throw wrong("'" + c + "'");
    }
  }

  private IllegalArgumentException wrong(String expected) {
    int line = 1 + (int) text.substring(0, at).chars().filter(c -> c == '\n').count();
    String found =
        at < text.length()
            ? "\"" + text.substring(at, Math.min(text.length(), at + 20)) + "\""
            : "the end";
    return new IllegalArgumentException(
        "line " + line + " should have " + expected + " where it has " + found);
  }
}
