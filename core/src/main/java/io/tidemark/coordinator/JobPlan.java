package io.tidemark.coordinator;

import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Timeline;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the job is to be, as whoever starts its coordinator found it in configuration and inputs.
 *
 * @param job the job's name and id
 * @param journal the name of the journal of its first timeline
 * @param stages its stages, in the order of the journal's partitions
 * @param start from what a new timeline is to begin; null to go on with the one that there is
 */
public record JobPlan(
    String job, String journal, List<Timeline.StagePlan> stages, @Nullable Start start) {
  public JobPlan {
    stages = List.copyOf(stages);
  }

  /**
   * The beginning of a new timeline.
   *
   * @param id made up once for each such wish, so that a coordinator which is restarted with the
   *     same wish does not begin another timeline
   * @param manifest the checkpoint that it begins from; null to begin from nothing
   * @param location where that manifest is; null to begin from nothing
   */
  public record Start(
      String id, @Nullable CheckpointManifest manifest, @Nullable String location) {}
}
