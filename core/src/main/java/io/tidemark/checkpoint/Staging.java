package io.tidemark.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Directories of files that are needed for a while only. */
final class Staging {
  private Staging() {}

  /** Makes an empty directory; what a crash has left in it is deleted. */
  static Path create(Path directory) throws IOException {
    delete(directory);
    return Files.createDirectories(directory);
  }

  /** Deletes a directory and what is in it, if it is there; others may do so at the same time. */
  static void delete(Path directory) throws IOException {
    while (Files.exists(directory)) {
      try (Stream<Path> found = Files.walk(directory)) {
        for (Path file : found.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      } catch (UncheckedIOException e) {
        if (!(e.getCause() instanceof NoSuchFileException)) {
          throw e.getCause();
        }
      } catch (NoSuchFileException e) {
        // Somebody else was faster: what is left is looked for anew.
      }
    }
  }

  /** Deletes a directory unless something is in it. */
  static void deleteIfEmpty(Path directory) throws IOException {
    try {
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException e) {
      // Somebody else's, who deletes it.
    }
  }

  /** The files in a directory and in those within, in the order of their names. */
  static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> found = Files.walk(directory)) {
      return found.filter(Files::isRegularFile).sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
