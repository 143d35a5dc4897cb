package io.tidemark.checkpoint;

import io.tidemark.api.ConfigException;
import io.tidemark.config.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the properties of a blob store or of its encryption. Problems are gathered, and told
 * together by {@link #finish}; until then a value that is wrong reads as its default. Confined to
 * one thread.
 */
public final class PropertyReader {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,15}) ?(KiB|MiB|GiB)?");

  private final String prefix;
  private final Map<String, String> properties;
  private final TreeSet<String> known = new TreeSet<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> openPrefixes = new ArrayList<>();

  /**
   * @param prefix what stands before the properties in the configuration, for messages
   * @param properties by their names behind that prefix
   */
  public PropertyReader(String prefix, Map<String, String> properties) {
    this.prefix = prefix;
    this.properties = properties;
  }

  /** A text; null if it is not given. */
  public @Nullable String text(String name) {
    known.add(name);
    String value = properties.get(name);
    if (value == null) {
      return null;
    }
    String text = value.strip();
    if (text.isEmpty()) {
      problem(name, "is empty");
      return null;
    }
    return text;
  }

  /** A text. */
  public String text(String name, String otherwise) {
    String value = text(name);
    return value == null ? otherwise : value;
  }

  /**
   * A text that has to be there.
   *
   * @param what what it is, for the message
   */
  public String required(String name, String what) {
    String value = text(name);
    if (value == null && !properties.containsKey(name)) {
      problems.add(prefix + name + ": is missing; it is " + what);
    }
    return value == null ? "" : value;
  }

  /** A whole number. */
  public int number(String name, int otherwise, int least, int most) {
    String value = text(name);
    if (value == null) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    problem(name, "is not a whole number from " + least + " to " + most);
    return otherwise;
  }

  /** A number of bytes, such as {@code 16 MiB}. */
  public long bytes(String name, long otherwise, long least, long most) {
    String value = text(name);
    if (value == null) {
      return otherwise;
    }
    Matcher matcher = SIZE.matcher(value);
    if (matcher.matches()) {
      String unit = matcher.group(2);
      int shift = unit == null ? 0 : unit.equals("KiB") ? 10 : unit.equals("MiB") ? 20 : 30;
      long number = Long.parseLong(matcher.group(1));
      if (number <= most >> shift && number << shift >= least) {
        return number << shift;
      }
    }
    problem(
        name, "is not a number of bytes, such as 16 MiB, from " + least + " to " + most + " bytes");
    return otherwise;
  }

  /** Yes or no. */
  public boolean flag(String name, boolean otherwise) {
    String value = text(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.equals("true") && !value.equals("false")) {
      problem(name, "is neither true nor false");
      return otherwise;
    }
    return value.equals("true");
  }

  /** All properties behind a prefix, which is taken away; any may be there. */
  public Map<String, String> under(String names) {
    openPrefixes.add(names);
    Map<String, String> found = new TreeMap<>();
    properties.forEach(
        (name, value) -> {
          if (name.startsWith(names)) {
            found.put(name.substring(names.length()), value);
          }
        });
    return found;
  }

  /** Says that a value is wrong; the reason ends a sentence that begins with the property. */
  public void problem(String name, String why) {
    problems.add(prefix + name + "=" + properties.get(name) + ": " + why);
  }

  /**
   * To be called when all has been read.
   *
   * @throws ConfigException (TM-1002) that lists everything that is wrong or unknown
   */
  public void finish() {
    for (String name : new TreeSet<>(properties.keySet())) {
      if (!known.contains(name) && openPrefixes.stream().noneMatch(name::startsWith)) {
        problems.add(prefix + name + ": is unknown" + Nearest.question(name, known));
      }
    }
    if (!problems.isEmpty()) {
      String count = problems.size() == 1 ? "a problem" : problems.size() + " problems";
      throw new ConfigException(
          "TM-1002", "the configuration has " + count + ":\n  " + String.join("\n  ", problems));
    }
  }
}
