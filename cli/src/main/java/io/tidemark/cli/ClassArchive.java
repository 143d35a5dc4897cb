package io.tidemark.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The archive of classes (class data sharing) that the script has for this build of the JVM, if it
 * has one. A JVM starts sooner with it; one that can do nothing with it, because its class path
 * begins otherwise, say, starts as if there were none, and says nothing.
 */
final class ClassArchive {
  /** The system property that names it. */
  static final String FILE = "tidemark.archive";

  private ClassArchive() {}

  /** Options by which a JVM of this very build uses it; none if it is not there. */
  static List<String> options() {
    return options(System.getProperty(FILE));
  }

  static List<String> options(@Nullable String file) {
    return file != null && Files.isRegularFile(Path.of(file))
        ? List.of("-XX:SharedArchiveFile=" + file, "-Xlog:cds*=off")
        : List.of();
  }
}
