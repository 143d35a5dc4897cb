package io.tidemark.benchmarks.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much has been written to a directory, of what may have been removed since. A file counts
 * once, under whatever names, as large as it was seen. One that comes and goes between two looks is
 * not seen.
 */
final class WrittenFiles {
  private final Path directory;
  private final Map<Identity, Long> sizes = new HashMap<>();

  /** What a file keeps when it is renamed, and does not share with one that is made after it. */
  private record Identity(@Nullable Object key, FileTime created) {}

  /**
   * @param directory which may not exist yet
   */
  WrittenFiles(Path directory) {
    this.directory = directory;
  }

  /** Takes what is there now. */
  void look() {
    if (!Files.exists(directory)) {
      return;
    }
    try {
      Files.walkFileTree(directory, new Visitor());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look at " + directory, e);
    }
  }

  /** The bytes of all files that were seen. */
  long bytes() {
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  private final class Visitor extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      Identity identity = new Identity(attributes.fileKey(), attributes.creationTime());
      sizes.merge(identity, attributes.size(), Math::max);
      return FileVisitResult.CONTINUE;
    }

    /** What is removed meanwhile is passed over. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) {
      return FileVisitResult.CONTINUE;
    }
  }
}
