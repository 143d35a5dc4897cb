package io.tidemark.examples.traffic;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A real website's log of 10,000 lines, which is not part of the project: in the folder that the
 * system property {@code tidemark.data.dir} names, or else in {@code shared/data} beside the
 * project.
 */
final class RealAccessLog {
  private static final String FILE = "apache_access.log";

  private RealAccessLog() {}

  /** The log's lines; the test that asks for them is skipped if there is no such file. */
  static List<String> lines() throws IOException {
    Path file = folder().resolve(FILE);
    assumeTrue(
        Files.exists(file),
        () -> "skipped: no real log at " + file + "; -Dtidemark.data.dir names its folder");
    return Files.readAllLines(file, StandardCharsets.UTF_8);
  }

  private static Path folder() {
    String named = System.getProperty("tidemark.data.dir");
    return named != null ? Path.of(named) : projectRoot().resolve("../shared/data").normalize();
  }

  private static Path projectRoot() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("mvnw")) && folder.getParent() != null) {
      folder = folder.getParent();
    }
    return folder;
  }
}
