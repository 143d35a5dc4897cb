package io.tidemark.config;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads values by their keys' definitions and collects everything that is wrong, so that the user
 * hears of it at once. For one reading by one thread.
 */
final class ConfigReader {
  private final Config config;
  private final TreeSet<String> problems = new TreeSet<>();

  ConfigReader(Config config) {
    this.config = config;
  }

  /** The value of a key that has a default or is required. */
  <T> T value(Key<T> key) {
    return Objects.requireNonNull(read(key, key.name().keyFor(null)));
  }

  <T> T value(Key<T> key, String name) {
    return Objects.requireNonNull(read(key, key.name().keyFor(name)));
  }

  /** The value of a key, null where none is given. */
  <T> @Nullable T optional(Key<T> key) {
    return read(key, key.name().keyFor(null));
  }

  <T> @Nullable T optional(Key<T> key, String name) {
    return read(key, key.name().keyFor(name));
  }

  private <T> @Nullable T read(Key<T> key, String concrete) {
    String value = config.get(concrete);
    if (value == null) {
      if (key.required()) {
        problem(concrete, "is missing" + mistyped(concrete) + "; " + key.meaning());
      }
      return key.absent();
    }
    try {
      return key.type().parse(value);
    } catch (IllegalArgumentException e) {
      problem(Config.isSecret(concrete) ? concrete : concrete + "=" + value, e.getMessage());
      return key.absent();
    }
  }

  /** What is given under a definition that ends with {@code **}, that prefix taken away. */
  Config allBelow(Key<?> key, String name) {
    String all = key.name().keyFor(name);
    return config.subset(all.substring(0, all.length() - "**".length()));
  }

  /** What is given under a prefix, that prefix taken away. */
  Config allBelow(String prefix) {
    return config.subset(prefix);
  }

  /** The names that a group's keys are given for, in order. */
  TreeSet<String> names(String group) {
    return config.keySet().stream()
        .flatMap(key -> nameIn(group, key).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Optional<String> nameIn(String group, String key) {
    return Keys.ALL.stream()
        .filter(definition -> definition.group().equals(group))
        .flatMap(definition -> definition.name().nameIn(key).stream())
        .min(Comparator.comparingInt(String::length));
  }

  void problem(String key, @Nullable String what) {
    problems.add(key + ": " + what);
  }

  /** A problem that was found by trying; its message begins with the key. */
  void problem(ConfigException e) {
    problems.add(String.valueOf(e.getMessage()).substring(e.code().length() + ": ".length()));
  }

  /** Complains about keys of no definition. */
  void checkThatAllKeysAreKnown() {
    for (String key : config.keySet()) {
      if (Keys.ALL.stream().noneMatch(definition -> definition.name().matches(key))) {
        List<String> similar =
            Keys.ALL.stream().flatMap(definition -> definition.name().keysLike(key)).toList();
        problem(
            key,
            "there is no such key"
                + Nearest.question(key, similar)
                + (Nearest.to(key, similar).isPresent()
                    ? ""
                    : "; a key of your own starts with app."));
      }
    }
  }

  /** A key that may have been meant as a missing one, although another definition takes it. */
  private String mistyped(String missing) {
    Predicate<String> taken =
        key ->
            Keys.ALL.stream()
                .filter(definition -> !definition.name().standsForAllBelow())
                .anyMatch(definition -> definition.name().matches(key));
    Stream<String> candidates = config.keySet().stream().filter(taken.negate());
    return Nearest.to(missing, candidates.toList())
        .map(key -> " (is " + key + " meant as it?)")
        .orElse("");
  }

  /** Ends the reading. */
  void throwIfAnythingIsWrong() {
    if (!problems.isEmpty()) {
      throw new ConfigException(
          "TM-1002",
          "the configuration has "
              + (problems.size() == 1 ? "a problem" : problems.size() + " problems")
              + ":\n  "
              + String.join("\n  ", problems)
              + "\nAll keys are described in docs/configuration.md and by: tidemark config");
    }
  }
}
