package io.tidemark.benchmarks.flink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where an assignment's checkpoints are: {@code checkpoints/JOB/chk-NUMBER}, a job for each start.
 * One is complete when it has the file of its metadata, which appears by renaming. Numbers grow
 * over restarts, as a job that is restored counts on from the one it goes on from.
 */
final class Checkpoints {
  private static final String PREFIX = "chk-";

  private Checkpoints() {}

  static Path directory(Path assigned) {
    return assigned.toAbsolutePath().resolve("checkpoints");
  }

  /** Returns the directory of the newest complete checkpoint. */
  static Optional<Path> newest(Path assigned) {
    Path directory = directory(assigned);
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    try (Stream<Path> found = Files.find(directory, 2, (path, kind) -> isComplete(path))) {
      return found.max(Comparator.comparingLong(Checkpoints::number));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isComplete(Path path) {
    return path.getFileName().toString().startsWith(PREFIX)
        && Files.exists(path.resolve("_metadata"));
  }

  private static long number(Path checkpoint) {
    return Long.parseLong(checkpoint.getFileName().toString().substring(PREFIX.length()));
  }
}
