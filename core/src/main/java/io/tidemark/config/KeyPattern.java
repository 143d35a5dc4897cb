package io.tidemark.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The name of a key, such as {@code task.commit.ms}, or of one key per name, such as {@code
 * stores.<store>.factory}. A pattern that ends with {@code **} stands for all keys that begin so.
 *
 * <p>A name is of letters, digits, {@code _} and {@code -}; only that of a stream may have dots.
 */
final class KeyPattern {
  private static final String STREAM = "<stream>";
  private static final String REST = "**";

  private final String text;
  private final List<String> parts;
  private final int nameAt;
  private final Pattern regex;

  KeyPattern(String text) {
    this.text = text;
    this.parts = split(text);
    this.nameAt = parts.indexOf(parts.stream().filter(KeyPattern::isName).findFirst().orElse(""));
    this.regex =
        Pattern.compile(parts.stream().map(KeyPattern::regexOf).collect(Collectors.joining("\\.")));
  }

  boolean matches(String key) {
    return regex.matcher(key).matches();
  }

  /** The name within a key; empty if the key is of another pattern, or has no name in it. */
  Optional<String> nameIn(String key) {
    Matcher matcher = regex.matcher(key);
    return nameAt >= 0 && matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** The key for a name, which is null if there is none in the pattern. */
  String keyFor(@Nullable String name) {
    if ((name == null) != (nameAt < 0)) {
      throw new AssertionError("the name " + name + " for " + text);
    }
    return parts.stream().map(p -> isName(p) ? name : p).collect(Collectors.joining("."));
  }

  boolean standsForAllBelow() {
    return parts.get(parts.size() - 1).equals(REST);
  }

  /** The keys of this pattern that take the names and the rest from a key of no pattern. */
  Stream<String> keysLike(String unknown) {
    List<String> given = split(unknown);
    if (nameAt < 0) {
      return keyLike(given, "", 0).stream();
    }
    int longest = parts.get(nameAt).equals(STREAM) ? given.size() : nameAt + 1;
    TreeSet<String> keys = new TreeSet<>();
    for (int end = nameAt + 1; end <= Math.min(longest, given.size()); end++) {
      String name = String.join(".", given.subList(nameAt, end));
      keyLike(given, name, end - nameAt - 1).ifPresent(keys::add);
    }
    return keys.stream();
  }

  private Optional<String> keyLike(List<String> given, String name, int dotsInName) {
    List<String> key = new ArrayList<>();
    for (String part : parts) {
      if (part.equals(REST)) {
        int from = parts.size() - 1 + dotsInName;
        if (from >= given.size()) {
          return Optional.empty();
        }
        key.addAll(given.subList(from, given.size()));
      } else {
        key.add(isName(part) ? name : part);
      }
    }
    return Optional.of(String.join(".", key));
  }

  private static List<String> split(String key) {
    return List.of(key.split("\\.", -1));
  }

  private static boolean isName(String part) {
    return part.startsWith("<");
  }

  private static String regexOf(String part) {
    if (part.equals(REST)) {
      return ".+";
    }
    if (part.equals(STREAM)) {
      return "([A-Za-z0-9._-]+?)";
    }
    return isName(part) ? "([A-Za-z0-9_-]+)" : Pattern.quote(part);
  }

  @Override
  public String toString() {
    return text;
  }
}
