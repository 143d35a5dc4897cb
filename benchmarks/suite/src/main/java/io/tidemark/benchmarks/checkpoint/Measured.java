package io.tidemark.benchmarks.checkpoint;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.stream.Stream;

/** What measurements have in common. */
final class Measured {
  private Measured() {}

  static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  /** A line that says when and on what a measurement was taken, and how busy that was. */
  static String machine() {
    var system = ManagementFactory.getOperatingSystemMXBean();
    return String.format(
        "%s, Java %s, %s, %d processors, load %.1f",
        Instant.now().truncatedTo(ChronoUnit.MINUTES),
        Runtime.version().feature(),
        system.getArch(),
        system.getAvailableProcessors(),
        system.getSystemLoadAverage());
  }

  /** The value below which so many of sorted values are. */
  static double quantile(long[] sorted, double quantile) {
    return sorted.length == 0
        ? 0
        : sorted[(int) Math.min(sorted.length - 1, sorted.length * quantile)];
  }

  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
