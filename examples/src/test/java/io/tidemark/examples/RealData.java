package io.tidemark.examples;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidemark.ProjectFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Real data, which is not part of the project: in the folder that the system property {@code
 * tidemark.data.dir} names, or else in {@code shared/data} beside the project.
 */
public final class RealData {
  private RealData() {}

  /** The lines of a file; the test that asks for them is skipped if it is not there. */
  public static List<String> lines(String name) throws IOException {
    Path file = folder().resolve(name);
    assumeTrue(
        Files.exists(file),
        () -> "skipped: no real data at " + file + "; -Dtidemark.data.dir names its folder");
    return Files.readAllLines(file, StandardCharsets.UTF_8);
  }

  private static Path folder() {
    String named = System.getProperty("tidemark.data.dir");
    return named != null
        ? Path.of(named)
        : ProjectFiles.root().resolve("../shared/data").normalize();
  }
}
