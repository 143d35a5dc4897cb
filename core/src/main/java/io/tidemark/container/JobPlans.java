package io.tidemark.container;

import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.Timeline.StagePlan;
import io.tidemark.config.JobSettings;
import io.tidemark.coordinator.JobPlan;
import io.tidemark.system.StreamSystem;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds out what a job is to be, from configuration, inputs and what it is to be begun from. */
final class JobPlans {
  private JobPlans() {}

  /**
   * What a job is to be.
   *
   * @param difference what is otherwise than in the checkpoint that it is to be begun from; null if
   *     there is none
   */
  record Planned(JobPlan plan, @Nullable PlanDifference difference) {}

  static Planned plan(
      JobSettings settings,
      Map<String, StreamSystem> given,
      @Nullable StartFrom from,
      BlobStore blobs) {
    try (OpenSystems systems = new OpenSystems(settings, given)) {
      JobGraph graph = JobGraph.of(settings, systems::get);
      Location location = from == null ? null : from.location();
      if (from == null || location == null) {
        JobPlan.Start start = from == null ? null : new JobPlan.Start(from.id(), null, null);
        return new Planned(plan(settings, graph.plan(), start), null);
      }
      CheckpointManifest manifest = manifest(settings, location, new Catalog(blobs));
      Upgrade upgrade = new Upgrade(manifest, from, blobs, settings, systems::get);
      JobGraph divided = upgrade.withFormerSlots(graph);
      PlanDifference difference = upgrade.check(divided);
      JobPlan.Start start =
          new JobPlan.Start(from.id(), manifest, Location.of(manifest).toString());
      return new Planned(plan(settings, upgrade.plan(divided), start), difference);
    }
  }

  private static CheckpointManifest manifest(
      JobSettings settings, Location location, Catalog catalog) {
    CheckpointManifest manifest =
        location.kind() == Location.Kind.LATEST
            ? catalog.latestValid(settings.checkpoint().onVerificationFailure()).manifest()
            : null;
    return manifest != null ? manifest : catalog.load(location);
  }

  private static JobPlan plan(
      JobSettings settings, List<StagePlan> stages, JobPlan.@Nullable Start start) {
    return new JobPlan(settings.job(), settings.journal(), stages, start);
  }
}
