package io.tidemark.config;

import io.tidemark.api.SystemStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the values of a key look like.
 *
 * @param label what the reference calls it
 * @param parser from text to value; throws {@link IllegalArgumentException} with what is wrong, as
 *     the end of a sentence that begins with the value
 */
record ValueType<T>(String label, Function<String, T> parser) {
  static final ValueType<String> TEXT = new ValueType<>("text", ValueType::text);

  static final ValueType<String> NAME =
      matching("name", "[A-Za-z0-9._-]+", "may have letters, digits, '.', '_' and '-' only");

  private static final ValueType<String> PLAIN_NAME =
      matching("name", "[A-Za-z0-9_-]+", "may have names of letters, digits, '_' and '-' only");

  static final ValueType<String> CLASS =
      matching(
          "class name",
          "\\p{javaJavaIdentifierStart}[\\p{javaJavaIdentifierPart}.]*",
          "is not the name of a class, such as com.acme.VisitCounter");

  static final ValueType<String> NAME_OR_CLASS = new ValueType<>("name or class", CLASS.parser());

  static final ValueType<String> SERDE = new ValueType<>("serde", ValueType::text);

  static final ValueType<Path> DIRECTORY =
      new ValueType<>("directory", value -> Path.of(text(value)));

  static final ValueType<Path> FILE = new ValueType<>("file", value -> Path.of(text(value)));

  static final ValueType<Boolean> TRUE_OR_FALSE =
      new ValueType<>("true or false", ValueType::trueOrFalse);

  /** An address to listen at; none if it is {@code off}. Names are not looked up. */
  static final ValueType<Optional<InetSocketAddress>> ADDRESS =
      new ValueType<>("host:port, or off", ValueType::address);

  static final ValueType<SystemStream> SYSTEM_STREAM =
      new ValueType<>("system.stream", ValueType::systemStream);

  static final ValueType<List<SystemStream>> SYSTEM_STREAMS =
      new ValueType<>(
          "list of system.stream",
          value ->
              Arrays.stream(value.split(","))
                  .map(item -> systemStream(item.trim()))
                  .distinct()
                  .toList());

  static final ValueType<List<String>> CLASSES =
      new ValueType<>(
          "list of classes",
          value -> Arrays.stream(value.split(",")).map(item -> CLASS.parse(item.trim())).toList());

  /** Names of stages or stores. */
  static final ValueType<List<String>> NAMES =
      new ValueType<>(
          "list of names",
          value ->
              Arrays.stream(value.split(",", -1))
                  .map(item -> PLAIN_NAME.parse(item.trim()))
                  .toList());

  private static final Pattern SIZE = Pattern.compile("(\\d+) ?(KiB|MiB|GiB)?");

  T parse(String value) {
    return parser.apply(value);
  }

  static ValueType<Integer> wholeNumber(int least) {
    return new ValueType<>(
        "whole number, at least " + least,
        value -> (int) number(value, "a whole number", least, Integer.MAX_VALUE));
  }

  static ValueType<Long> milliseconds(long least) {
    return new ValueType<>(
        "milliseconds, at least " + least,
        value -> number(value, "a number of milliseconds", least, Long.MAX_VALUE));
  }

  /** Milliseconds, or -1 for never. */
  static ValueType<Long> millisecondsOrNever() {
    return new ValueType<>(
        "milliseconds, or -1",
        value -> {
          long given = number(value, "a number of milliseconds", -1, Long.MAX_VALUE);
          if (given == 0) {
            throw new IllegalArgumentException("must be at least 1, or -1 for never");
          }
          return given;
        });
  }

  /** A number of at least one, or -1 for never. */
  static ValueType<Long> numberOrNever() {
    return new ValueType<>(
        "whole number, or -1",
        value -> positiveOrMinusOne(number(value, "a whole number", -1, Long.MAX_VALUE)));
  }

  /** A number of bytes of at least one, or -1 for no limit. */
  static ValueType<Long> bytesOrNoLimit() {
    return new ValueType<>(
        "bytes, such as 64 MiB, or -1",
        value -> positiveOrMinusOne(value.equals("-1") ? -1 : size(value)));
  }

  private static long positiveOrMinusOne(long given) {
    if (given == 0) {
      throw new IllegalArgumentException("must be at least 1, or -1");
    }
    return given;
  }

  static ValueType<Long> bytes(long least) {
    return new ValueType<>(
        "bytes, such as 64 MiB",
        value -> {
          long given = size(value);
          if (given < least) {
            throw new IllegalArgumentException("must be at least " + least);
          }
          return given;
        });
  }

  /** One of the constants of an enum, written in lower case with dashes. */
  static <E extends Enum<E>> ValueType<E> oneOf(Class<E> type) {
    Map<String, E> constants = new LinkedHashMap<>();
    for (E constant : type.getEnumConstants()) {
      constants.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
    }
    String choices = String.join(", ", constants.keySet());
    return new ValueType<>(
        "one of " + choices,
        value -> {
          E constant = constants.get(value);
          if (constant == null) {
            throw new IllegalArgumentException(
                "is not one of " + choices + Nearest.question(value, constants.keySet()));
          }
          return constant;
        });
  }

  private static ValueType<String> matching(String label, String regex, String otherwise) {
    Pattern pattern = Pattern.compile(regex);
    return new ValueType<>(
        label,
        value -> {
          if (!pattern.matcher(value).matches()) {
            throw new IllegalArgumentException(otherwise);
          }
          return value;
        });
  }

  private static String text(String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException("is empty");
    }
    return value;
  }

  private static boolean trueOrFalse(String value) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("is neither true nor false");
    };
  }

  private static Optional<InetSocketAddress> address(String value) {
    if (value.isBlank() || value.equals("off")) {
      return Optional.empty();
    }
    int colon = value.lastIndexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException(
          "must be a host, a colon and a port, such as 127.0.0.1:7400, or off");
    }
    int port = (int) number(value.substring(colon + 1), "a port after the colon", 0, 65_535);
    String host = value.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (!bracketed && host.indexOf(':') >= 0) {
      throw new IllegalArgumentException("must have its IPv6 address in brackets");
    }
    return Optional.of(
        InetSocketAddress.createUnresolved(
            bracketed ? host.substring(1, host.length() - 1) : host, port));
  }

  private static SystemStream systemStream(String value) {
    int dot = value.indexOf('.');
    if (dot <= 0 || dot == value.length() - 1) {
      throw new IllegalArgumentException(
          "must be the name of a system, a dot, and the name of a stream, such as kafka.orders");
    }
    return new SystemStream(value.substring(0, dot), value.substring(dot + 1));
  }

  private static long number(String value, String what, long least, long most) {
    long number;
    try {
      number = Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("is not " + what, e);
    }
    if (number < least || number > most) {
      throw new IllegalArgumentException(
          number < least ? "must be at least " + least : "must be at most " + most);
    }
    return number;
  }

  private static long size(String value) {
    Matcher matcher = SIZE.matcher(value);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "is not a number of bytes, such as 67108864, 65536 KiB, 64 MiB or 1 GiB");
    }
    String unit = matcher.group(2);
    int shift = unit == null ? 0 : unit.equals("KiB") ? 10 : unit.equals("MiB") ? 20 : 30;
    return number(matcher.group(1), "a number of bytes", 0, Long.MAX_VALUE >> shift) << shift;
  }
}
