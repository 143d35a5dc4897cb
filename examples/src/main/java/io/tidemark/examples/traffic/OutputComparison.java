package io.tidemark.examples.traffic;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Compares one output's messages with those expected, key by key in order, and says of the first
 * difference of a key what it looks like: repeated, left out or wrong. Confined to one thread.
 */
final class OutputComparison {
  private final String output;
  private final ValueSequences expected;
  private final Consumer<String> differences;
  private final Map<String, Progress> progress = new HashMap<>();

  /** How far a key was compared. */
  private static final class Progress {
    private int seen;
    private boolean differed;
  }

  OutputComparison(String output, ValueSequences expected, Consumer<String> differences) {
    this.output = output;
    this.expected = expected;
    this.differences = differences;
  }

  void accept(String key, String value) {
    Progress reached = progress.computeIfAbsent(key, added -> new Progress());
    int index = reached.seen++;
    if (!reached.differed && !expected.holds(key, index, value)) {
      reached.differed = true;
      differences.accept(
          "%s: message %d of '%s' is %s: %s"
              .formatted(output, index + 1, key, value, explain(key, index, value)));
    }
  }

  /** Looks for keys with too few messages; those with too many were found on the way. */
  void finish() {
    for (String key : new TreeSet<>(expected.keys())) {
      Progress reached = progress.get(key);
      int seen = reached == null ? 0 : reached.seen;
      if (seen != expected.size(key)) {
        differences.accept(
            "%s: '%s' has %d messages, expected %d"
                .formatted(output, key, seen, expected.size(key)));
      }
    }
  }

  private String explain(String key, int index, String value) {
    for (int earlier = index - 1; earlier >= 0; earlier--) {
      if (expected.holds(key, earlier, value)) {
        return "message " + (earlier + 1) + " again";
      }
    }
    for (int later = index + 1; later < expected.size(key); later++) {
      if (expected.holds(key, later, value)) {
        return "this should be message " + (later + 1);
      }
    }
    return index < expected.size(key)
        ? "no such message is expected for this key"
        : "only " + expected.size(key) + " messages are expected";
  }
}
