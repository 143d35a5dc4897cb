package io.tidemark.benchmarks.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * All that was measured into a directory, by one command or by several: the newest results of each
 * measurement. {@code results.json} has everything; {@code results.md} and {@code results.svg} are
 * made from it. One thread.
 */
final class Results {
  private final Path directory;
  private final List<Summary> summaries;

  private Results(Path directory, List<Summary> summaries) {
    this.directory = directory;
    this.summaries = new ArrayList<>(summaries);
  }

  /**
   * What a directory has; nothing, if there is no such file.
   *
   * @throws IllegalArgumentException if there is one of another form
   */
  static Results in(Path directory) {
    return new Results(directory, ResultsFile.read(file(directory)));
  }

  /** What the measurements came to, in their usual order. */
  List<Summary> summaries() {
    return List.copyOf(summaries);
  }

  /** Takes what a measurement came to, instead of what it came to before. */
  void put(Summary summary) {
    summaries.removeIf(before -> before.name().equals(summary.name()));
    summaries.add(summary);
    List<String> order = Measurements.all(false).stream().map(Measurement::name).toList();
    summaries.sort(
        Comparator.comparingInt(
            each -> order.contains(each.name()) ? order.indexOf(each.name()) : Integer.MAX_VALUE));
  }

  /** Writes all three files. */
  void write() {
    try {
      Files.createDirectories(directory);
      ResultsFile.write(file(directory), summaries);
      Files.writeString(directory.resolve("results.md"), Report.markdown(summaries));
      Files.writeString(directory.resolve("results.svg"), new Chart(summaries).svg());
    } catch (IOException e) {
      throw new UncheckedIOException("the results cannot be written to " + directory, e);
    }
  }

  private static Path file(Path directory) {
    return directory.resolve("results.json");
  }
}
