package io.tidemark.cli;

import io.tidemark.container.Progress;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a container process tells its supervisor, one report per line of its standard output:
 *
 * <pre>
 * ready                                        its tasks are restored and read
 * progress IN OUT COMMITS SKIPPED DEAD LAG     what it has done since it was started; each half second
 * ended                                        it has finished, by itself or as it was told
 * failed restart|final CODE MESSAGE            why it ends; whether another start makes sense
 * </pre>
 *
 * <p>The other way, on its standard input, it gets the configuration ({@link HandedConfig}), and
 * then nothing until that ends: the order to finish, or the death of the supervisor.
 */
sealed interface Report {
  /** Its tasks are restored and read. */
  record Ready() implements Report {
    @Override
    public String line() {
      return "ready";
    }
  }

  /** What it has done since it was started. */
  record Advanced(Progress progress) implements Report {
    @Override
    public String line() {
      return String.format(
          Locale.ROOT,
          "progress %d %d %d %d %d %d",
          progress.recordsIn(),
          progress.recordsOut(),
          progress.commits(),
          progress.skipped(),
          progress.deadLetters(),
          progress.lag());
    }
  }

  /** It has finished, by itself or as it was told. */
  record Ended() implements Report {
    @Override
    public String line() {
      return "ended";
    }
  }

  /**
   * It ends because of an error.
   *
   * @param restart whether another start can have another end
   * @param code the error's code
   * @param message the error's message, without the code
   */
  record Failed(boolean restart, String code, String message) implements Report {
    @Override
    public String line() {
      return "failed " + (restart ? "restart " : "final ") + code + " " + Lines.escape(message);
    }
  }

  /** The report as a line, without its end. */
  String line();

  /** The report that a line is; null if it is none, so that a stray line does no harm. */
  static @Nullable Report parse(String line) {
    String[] words = line.split(" ", 4);
    return switch (words[0]) {
      case "ready" -> new Ready();
      case "ended" -> new Ended();
      case "progress" -> progress(line.split(" "));
      case "failed" ->
          words.length == 4
              ? new Failed(words[1].equals("restart"), words[2], Lines.unescape(words[3]))
              : null;
      default -> null;
    };
  }

  private static @Nullable Report progress(String[] words) {
    try {
      long[] n = Arrays.stream(words).skip(1).mapToLong(Long::parseLong).toArray();
      return n.length != 6
          ? null
          : new Advanced(new Progress(n[0], n[1], n[2], n[3], n[4], n[5], 0));
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
