package io.tidemark.cli;

import io.tidemark.api.Config;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.config.JobSettings;
import io.tidemark.container.PlanDifference;
import io.tidemark.container.StartFrom;
import io.tidemark.coordinator.Coordinator;
import io.tidemark.coordinator.FileMetadataStore;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say from what a job is to begin. */
final class FromOptions {
  private static final String EMPTY = "empty";

  @Option(
      names = "--from",
      paramLabel = "WHAT",
      description = {
        "Begin from latest, checkpoint:N, savepoint:NAME, or empty, instead of going on.",
        "Said again at the next start, the job goes on with what it did since."
      })
  private @Nullable String from;

  @Option(names = "--anew", description = "Begin from there once more.")
  private boolean anew;

  @Option(
      names = "--allow-dropped-state",
      description = "Also if stores are left out that the job does not have any more.")
  private boolean allowDroppedState;

  @Option(
      names = "--allow-inexact-division",
      description =
          "Divide tasks anew also where keys may lose their state or their order; docs/upgrading.md says when.")
  private boolean allowInexactDivision;

  /** What they say; null to go on. */
  @Nullable StartFrom wanted() {
    if (from == null) {
      return null;
    }
    String text = from.matches("[0-9]+") ? "checkpoint:" + from : from;
    Location location = text.equals(EMPTY) ? null : Location.parse(text);
    String id = location == null ? EMPTY : location.toString();
    return new StartFrom(
        location,
        anew ? id + "/" + UUID.randomUUID() : id,
        allowDroppedState,
        allowInexactDivision);
  }

  /**
   * Takes over a job, and begins it from there if that is wanted.
   *
   * @param containers how many containers are waited for
   * @param news is told where it begins
   */
  CoordinatorHost start(
      Config config, JobSettings settings, int containers, Consumer<String> news) {
    StartFrom wanted = wanted();
    int before = wanted == null ? 0 : timeline(settings);
    CoordinatorHost host = CoordinatorHost.start(config, settings, wanted, containers);
    if (wanted != null) {
      int now = host.coordinator().view().timeline().number();
      news.accept(
          now == before
              ? "the job was begun from " + from + " before, and goes on; --anew begins it again"
              : "the job begins from " + from + ", as timeline " + now);
      PlanDifference difference = host.difference();
      if (difference != null && !difference.isEmpty()) {
        news.accept(difference.text());
      }
    }
    return host;
  }

  private static int timeline(JobSettings settings) {
    try (FileMetadataStore store = new FileMetadataStore(settings.coordinator().metadataPath())) {
      Timeline known = Coordinator.timeline(store);
      return known == null ? 0 : known.number();
    }
  }
}
