package io.tidemark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** The files of the whole project, for tests that compare sources and documents. */
public final class ProjectFiles {
  private ProjectFiles() {}

  /** The project's folder: the one with the Maven wrapper, at or above the working directory. */
  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  /** A file's text. */
  public static String read(String file) {
    return read(root().resolve(file));
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The Java sources of all modules, tests left out. */
  static List<Path> mainSources() {
    return sources("test");
  }

  /** The Java sources of all modules' tests. */
  static List<Path> testSources() {
    return sources("main");
  }

  private static List<Path> sources(String leftOut) {
    List<Path> sources = new ArrayList<>();
    try {
      Files.walkFileTree(root(), new Walk(Path.of("src", leftOut), sources));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sources;
  }

  /** Passes over what is built, and what is hidden. */
  private static final class Walk extends SimpleFileVisitor<Path> {
    private final Path leftOut;
    private final List<Path> sources;

    Walk(Path leftOut, List<Path> sources) {
      this.leftOut = leftOut;
      this.sources = sources;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      String name = folder.getFileName().toString();
      boolean passedOver =
          name.equals("target") || name.startsWith(".") || folder.endsWith(leftOut);
      return passedOver ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (file.toString().endsWith(".java")) {
        sources.add(file);
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
