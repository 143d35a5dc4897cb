package io.tidemark.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;

/** Disks of simulated processes: directories, in memory if the machine has such a file system. */
final class Disks {
  private static final Path IN_MEMORY = Path.of("/dev/shm");

  private Disks() {}

  /** A new directory, to be deleted by the caller. */
  static Path create() {
    try {
      return Files.isWritable(IN_MEMORY)
          ? Files.createTempDirectory(IN_MEMORY, "tidemark-simulation")
          : Files.createTempDirectory("tidemark-simulation");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a disk has, for the next process: the locks of the last one are not on it. */
  static void copy(Path from, Path to) {
    if (!Files.isDirectory(from)) {
      return;
    }
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path root) {
    if (!Files.isDirectory(root)) {
      return;
    }
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException e)
                throws IOException {
              Files.delete(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
