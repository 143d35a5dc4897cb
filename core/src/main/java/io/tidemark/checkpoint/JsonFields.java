package io.tidemark.checkpoint;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads the fields of a JSON object one after the other, strictly: each must be there and be what
 * it should, and {@link #end} refuses those that nobody asked for. What is wrong is said with its
 * path, such as {@code tasks[3].commit}, in an {@link IllegalArgumentException}.
 */
final class JsonFields {
  private final String path;
  private final Map<?, ?> fields;
  private final Set<String> read = new HashSet<>();

  /**
   * @param path where the object stands; empty for the outermost
   */
  JsonFields(String path, Object object) {
    this.path = path;
    if (!(object instanceof Map<?, ?> map)) {
      throw wrong(path, "an object", object);
    }
    this.fields = map;
  }

  private Object field(String name) {
    read.add(name);
    Object value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException(path(name) + " is missing");
    }
    return value;
  }

  private String path(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  String text(String name) {
    return text(path(name), field(name));
  }

  long number(String name, long least, long most) {
    return number(path(name), field(name), least, most);
  }

  /** A number that is not negative. */
  long number(String name) {
    return number(name, 0, Long.MAX_VALUE);
  }

  int number32(String name, int least) {
    return (int) number(name, least, Integer.MAX_VALUE);
  }

  JsonFields object(String name) {
    return new JsonFields(path(name), field(name));
  }

  /** The fields' names, of an object whose names are not fixed. */
  List<String> names() {
    return fields.keySet().stream().map(String.class::cast).toList();
  }

  <T> List<T> objects(String name, Function<JsonFields, T> parser) {
    List<T> parsed = new ArrayList<>();
    for (Object element : array(path(name), field(name))) {
      JsonFields object = new JsonFields(path(name) + "[" + parsed.size() + "]", element);
      parsed.add(parser.apply(object));
      object.end();
    }
    return parsed;
  }

  /** The same of a field that is left out when it would be empty. */
  <T> List<T> objectsIfAny(String name, Function<JsonFields, T> parser) {
    return fields.containsKey(name) ? objects(name, parser) : List.of();
  }

  List<String> texts(String name) {
    return array(path(name), field(name)).stream()
        .map(element -> text(path(name) + "[]", element))
        .toList();
  }

  List<?> array(String name, int size) {
    List<?> array = array(path(name), field(name));
    if (array.size() != size) {
      throw wrong(path(name), "an array of " + size, array);
    }
    return array;
  }

  /** What a field's text stands for. */
  <T> T parsed(String name, String expected, Function<String, T> parser) {
    String text = text(name);
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw wrong(path(name), expected, text);
    }
  }

  /** Refuses fields that were not read. */
  void end() {
    for (String name : names()) {
      if (!read.contains(name)) {
        throw new IllegalArgumentException(path(name) + " is a field that is not known");
      }
    }
  }

  static String text(String path, Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw wrong(path, "a string", value);
  }

  static long number(String path, Object value, long least, long most) {
    if (value instanceof Long number && number >= least && number <= most) {
      return number;
    }
    throw wrong(path, "a number from " + least + " to " + most, value);
  }

  private static List<?> array(String path, Object value) {
    if (value instanceof List<?> array) {
      return array;
    }
    throw wrong(path, "an array", value);
  }

  static IllegalArgumentException wrong(String path, String expected, Object found) {
    String shown = String.valueOf(found);
    return new IllegalArgumentException(
        (path.isEmpty() ? "the manifest" : path)
            + " should be "
            + expected
            + " and is "
            + (shown.length() > 80 ? shown.substring(0, 80) + "..." : shown));
  }
}
