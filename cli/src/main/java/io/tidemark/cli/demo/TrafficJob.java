package io.tidemark.cli.demo;

import io.tidemark.api.Config;
import io.tidemark.api.TidemarkException;
import io.tidemark.config.JobSettings;
import io.tidemark.examples.traffic.WebsiteTrafficTask;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The job that the demo runs: the example {@code website-traffic}, on the demo's broker and with
 * its state in the demo's directory.
 *
 * @param config its configuration
 * @param file the same as a file, for the user to look at
 * @param settings the same, parsed
 */
record TrafficJob(Config config, Path file, JobSettings settings) {
  static final String INPUT = "access-log";
  static final String VISITS = "visits";
  static final String SESSIONS = "sessions";
  static final String REJECTED = "access-log-rejected";

  private static final String EXAMPLE = "/website-traffic.properties";

  /** Writes the job's configuration into the demo's directory. */
  static TrafficJob in(Path directory, String bootstrapServers) {
    Path file = directory.resolve("website-traffic.properties");
    String changes =
        """

        # For this demo.
        systems.kafka.bootstrap.servers=%s
        job.state.dir=%s
        """
            .formatted(bootstrapServers, escaped(directory.resolve("state")));
    try {
      Files.writeString(file, example() + changes);
    } catch (IOException e) {
      throw new TidemarkException("TM-5013", "the demo cannot write " + file + ": " + e, e);
    }
    Config config = Config.load(file);
    return new TrafficJob(config, file, JobSettings.parseWithTaskClass(config));
  }

  private static String example() throws IOException {
    try (InputStream resource = WebsiteTrafficTask.class.getResourceAsStream(EXAMPLE)) {
      return new String(
          Objects.requireNonNull(resource, EXAMPLE).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A path as properties files want it, where a backslash begins an escape. */
  private static String escaped(Path path) {
    return path.toString().replace("\\", "\\\\");
  }
}
