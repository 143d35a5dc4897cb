package io.tidemark.container;

import io.tidemark.api.ConfigException;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.config.JobSettings;
import io.tidemark.coordinator.Coordinator;
import io.tidemark.coordinator.MetadataStore;
import java.nio.file.Files;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The timelines of a job as its metadata tells, or else its checkpoints, or else its journals'
 * names. Changes nothing. Confined to one thread.
 */
final class Timelines {
  private final JobSettings settings;
  private final JobCheckpoints checkpoints;

  Timelines(JobSettings settings, JobCheckpoints checkpoints) {
    this.settings = settings;
    this.checkpoints = checkpoints;
  }

  /**
   * One of them. Of one that only its journal tells of, no stages are known.
   *
   * @param number which; 0 for the one that the job is on
   * @param hasJournal whether there is a journal of a name
   * @throws ConfigException (TM-8331) if the job has none of that number
   */
  Timeline get(int number, Predicate<String> hasJournal) {
    Timeline known = known(number);
    if (known != null) {
      return known;
    }
    if (number == 0) {
      return bare(newest(hasJournal));
    }
    Timeline present = present();
    Timeline former = bare(number);
    if (number < 1 || !hasJournal.test(former.journal())) {
      throw new ConfigException(
          "TM-8331",
          String.format(
              "the job %s has no timeline %d%s. Leave out --timeline for the present one",
              settings.job(), number, present == null ? "" : "; it is on " + present.number()));
    }
    return former;
  }

  /** As {@link #get}, without asking for journals; null if nothing else tells. */
  @Nullable Timeline known(int number) {
    Timeline present = present();
    return number == 0 || (present != null && present.number() == number)
        ? present
        : ofCheckpoints(number);
  }

  /** The one that the job is on; null if nothing tells. */
  private @Nullable Timeline present() {
    if (Files.isDirectory(settings.coordinator().metadataPath())) {
      try (MetadataStore metadata = JobCoordinator.metadata(settings)) {
        Timeline known = Coordinator.timeline(metadata);
        if (known != null) {
          return known;
        }
      }
    }
    return ofCheckpoints(0);
  }

  /** As checkpoints have it; null if none does. With 0, that of the highest number. */
  private @Nullable Timeline ofCheckpoints(int number) {
    return checkpoints.all().stream()
        .filter(manifest -> manifest.job().equals(settings.job()) && !manifest.isImported())
        .map(CheckpointManifest::timeline)
        .filter(timeline -> number == 0 || timeline.number() == number)
        .max(Comparator.comparingInt(Timeline::number))
        .orElse(null);
  }

  private int newest(Predicate<String> hasJournal) {
    int number = 1;
    while (hasJournal.test(bare(number + 1).journal())) {
      number++;
    }
    return number;
  }

  private Timeline bare(int number) {
    return new Timeline(number, Timeline.journal(settings.journal(), number), List.of(), List.of());
  }
}
