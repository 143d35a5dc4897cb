package io.tidemark.container;

import io.tidemark.api.Config;
import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Collector;
import io.tidemark.checkpoint.Location;
import io.tidemark.config.CheckpointSettings;
import io.tidemark.config.JobSettings;
import io.tidemark.coordinator.CheckpointPolicy;
import io.tidemark.coordinator.Coordinator;
import io.tidemark.coordinator.CoordinatorOptions;
import io.tidemark.coordinator.JobPlan;
import io.tidemark.coordinator.MetadataStore;
import io.tidemark.system.StreamSystem;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A coordinator with what it needs, as {@link JobCoordinator} makes it, without threads. */
public final class SteppedCoordinator {
  private final Coordinator coordinator;
  private final BlobStore blobs;
  private final CheckpointSettings settings;

  /**
   * What it is made from.
   *
   * @param config the job's configuration
   * @param code makes the tasks of each stage
   * @param systems by name
   * @param blobs where checkpoints are
   * @param metadata what the coordinators before have left
   * @param start from what to begin a new timeline; null to go on
   * @param containers how many are expected
   * @param clock milliseconds since 1970
   * @param blocking runs what takes long
   */
  public record Parts(
      Config config,
      Map<String, Supplier<?>> code,
      Map<String, StreamSystem> systems,
      BlobStore blobs,
      MetadataStore metadata,
      JobPlan.@Nullable Start start,
      int containers,
      LongSupplier clock,
      Executor blocking) {}

  /** Takes the job over. */
  public SteppedCoordinator(Parts parts) {
    JobSettings job = new TaskSuppliers(null, parts.code).settings(parts.config);
    settings = job.checkpoint();
    blobs = parts.blobs;
    coordinator =
        new Coordinator(
            CoordinatorOptions.of(
                plan(job, parts),
                parts.containers,
                job.coordinator().heartbeatMs(),
                job.coordinator().leaseMs(),
                new CheckpointPolicy(
                    settings.intervalMs(),
                    settings.bytes(),
                    settings.records(),
                    settings.recoveryTargetMs(),
                    settings.minPauseMs(),
                    settings.timeoutMs(),
                    settings.toleratedFailures(),
                    settings.retain(),
                    settings.onShutdown())),
            parts.metadata,
            new StoredCheckpoints(new Catalog(blobs), settings.onVerificationFailure()),
            parts.clock,
            parts.blocking);
  }

  /** As {@link JobPlans} makes it, of a manifest that may be gone meanwhile. */
  private static JobPlan plan(JobSettings job, Parts parts) {
    JobGraph graph = JobGraph.of(job, parts.systems);
    JobPlan.Start start = parts.start;
    CheckpointManifest manifest = start == null ? null : start.manifest();
    if (start == null || manifest == null) {
      return new JobPlan(job.job(), job.journal(), graph.plan(), start);
    }
    StartFrom from = new StartFrom(Location.of(manifest), start.id(), false);
    Upgrade upgrade =
        new Upgrade(
            manifest,
            from,
            parts.blobs,
            job,
            name -> Objects.requireNonNull(parts.systems.get(name)));
    return new JobPlan(
        job.job(), job.journal(), upgrade.plan(upgrade.withFormerSlots(graph)), start);
  }

  public Coordinator coordinator() {
    return coordinator;
  }

  /** Removes blobs that no checkpoint names, unless a checkpoint is under way. */
  public void collect() {
    if (!mayDelete()) {
      return;
    }
    try {
      new Collector(blobs, new Catalog(blobs))
          .collect(Set.of(), Duration.ofMillis(settings.graceMs()), this::mayDelete);
    } catch (TidemarkException e) {
      // Another time.
    }
  }

  private boolean mayDelete() {
    return coordinator.view().underWay() == null;
  }
}
