package io.tidemark.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * Finds what was probably meant by a mistyped word: the known word with the fewest insertions,
 * deletions, replacements and swaps of neighbours (the optimal string alignment distance), if they
 * are few.
 */
public final class Nearest {
  private static final int MOST_EDITS = 3;

  private Nearest() {}

  /** The known word that was probably meant. */
  public static Optional<String> to(String given, Collection<String> known) {
    int limit = Math.min(MOST_EDITS, Math.max(1, given.length() / 4));
    return known.stream()
        .filter(word -> Math.abs(word.length() - given.length()) <= limit)
        .filter(word -> distance(given, word) <= limit)
        .min(
            Comparator.comparingInt((String word) -> distance(given, word))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** A question to append to a message, empty if nothing known is near. */
  public static String question(String given, Collection<String> known) {
    return to(given, known).map(word -> "; did you mean " + word + "?").orElse("");
  }

  static int distance(String a, String b) {
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
          continue;
        }
        int replacement = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int fewest =
            Math.min(
                edits[i - 1][j - 1] + replacement, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          fewest = Math.min(fewest, edits[i - 2][j - 2] + 1);
        }
        edits[i][j] = fewest;
      }
    }
    return edits[a.length()][b.length()];
  }
}
