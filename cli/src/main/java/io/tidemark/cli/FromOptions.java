package io.tidemark.cli;

import io.tidemark.api.Config;
import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.BlobStores;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.SavepointImport;
import io.tidemark.checkpoint.SavepointSource;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.config.JobSettings;
import io.tidemark.container.PlanDifference;
import io.tidemark.container.StartFrom;
import io.tidemark.coordinator.Coordinator;
import io.tidemark.coordinator.FileMetadataStore;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say from what a job is to begin. */
final class FromOptions {
  private static final String EMPTY = "empty";

  /** Of a path that need not be looked at. */
  private static final Location NOT_IMPORTED = Location.savepoint("not-imported");

  @Option(
      names = "--from",
      paramLabel = "WHAT",
      description = {
        "Begin from latest, checkpoint:N, savepoint:NAME, or empty, instead of going on; or from"
            + " savepoint:PATH (with a '/'), which is imported first.",
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

  /**
   * What they say; null to go on. A savepoint that is named by its path is imported first.
   *
   * @param news is told of that
   */
  @Nullable StartFrom wanted(JobSettings settings, Consumer<String> news) {
    if (from == null) {
      return null;
    }
    String text = from.matches("[0-9]+") ? "checkpoint:" + from : from;
    if (text.contains("/")) {
      return ofPath(Path.of(text.substring(text.indexOf(':') + 1)), settings, news);
    }
    Location location = text.equals(EMPTY) ? null : Location.parse(text);
    String id = location == null ? EMPTY : location.toString();
    return start(location, anew ? id + "/" + UUID.randomUUID() : id);
  }

  private StartFrom start(@Nullable Location location, String id) {
    return new StartFrom(location, id, allowDroppedState, allowInexactDivision);
  }

  /** A job that was begun from there goes on, also if the directory is gone. */
  private StartFrom ofPath(Path path, JobSettings settings, Consumer<String> news) {
    String id = "savepoint:" + path.toAbsolutePath().normalize();
    if (anew) {
      id += "/" + UUID.randomUUID();
    } else if (hasBegun(settings, id)) {
      return start(NOT_IMPORTED, id);
    }
    SavepointSource source = SavepointSource.at(path);
    if (source.isOwn(settings)) {
      return start(source.location(), id);
    }
    try (BlobStore from = source.open(settings);
        BlobStore own = BlobStores.open(settings)) {
      SavepointImport.Outcome outcome = new SavepointImport(from, own).run(source.location(), null);
      news.accept(
          String.format(
              "imported %s as %s: %d files copied, %d were there already",
              path, outcome.location(), outcome.copied(), outcome.shared()));
      return start(outcome.location(), id);
    }
  }

  private static boolean hasBegun(JobSettings settings, String id) {
    try (FileMetadataStore store = new FileMetadataStore(settings.coordinator().metadataPath())) {
      return Coordinator.hasBegun(store, id);
    }
  }

  /**
   * Takes over a job, and begins it from there if that is wanted.
   *
   * @param containers how many containers are waited for
   * @param news is told where it begins
   */
  CoordinatorHost start(
      Config config, JobSettings settings, int containers, Consumer<String> news) {
    StartFrom wanted = wanted(settings, news);
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
