package io.tidemark.container;

import io.tidemark.api.Config;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Location;
import io.tidemark.config.CheckpointSettings.OnVerificationFailure;
import io.tidemark.config.JobSettings;
import io.tidemark.coordinator.JobPlan;
import io.tidemark.system.StreamSystem;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds out what a job is to be, from configuration, inputs and what it is to be begun from. */
final class JobPlans {
  private JobPlans() {}

  static JobPlan plan(
      Config config,
      JobSettings settings,
      Map<String, StreamSystem> given,
      @Nullable StartFrom from,
      Catalog catalog) {
    try (OpenSystems systems = new OpenSystems(settings, given)) {
      JobGraph graph = JobGraph.of(settings, systems::get);
      return new JobPlan(
          settings.job(),
          settings.journal(),
          graph.plan(),
          start(from, catalog, settings.checkpoint().onVerificationFailure()));
    }
  }

  private static JobPlan.@Nullable Start start(
      @Nullable StartFrom from, Catalog catalog, OnVerificationFailure onFailure) {
    if (from == null) {
      return null;
    }
    Location location = from.location();
    if (location == null) {
      return new JobPlan.Start(from.id(), null, null);
    }
    CheckpointManifest manifest =
        location.kind() == Location.Kind.LATEST
            ? catalog.latestValid(onFailure).manifest()
            : catalog.load(location);
    if (manifest == null) {
      manifest = catalog.load(location); // which says that there is none
    }
    return new JobPlan.Start(from.id(), manifest, Location.of(manifest).toString());
  }
}
