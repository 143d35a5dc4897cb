package io.tidemark.container;

import io.tidemark.api.StateException;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.BlobStores;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Division;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.Reshaper;
import io.tidemark.checkpoint.Reshaper.Reshaped;
import io.tidemark.checkpoint.RestoreProgress;
import io.tidemark.checkpoint.SnapshotRestorer;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.checkpoint.Timeline.StagePlan;
import io.tidemark.config.JobSettings;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.Slots;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A job's checkpoints, to look into: what is restored of them is in temporary directories. Opens
 * the blob store when it is first needed. Confined to one thread.
 */
final class JobCheckpoints implements AutoCloseable {
  private final JobSettings settings;
  private final Function<String, EngineFactory> engines;
  private final ScratchEngines scratch;
  private final Map<String, CheckpointedTask> restored = new HashMap<>();
  private @Nullable BlobStore blobs;

  JobCheckpoints(
      JobSettings settings, Function<String, EngineFactory> engines, ScratchEngines scratch) {
    this.settings = settings;
    this.engines = engines;
    this.scratch = scratch;
  }

  /** The blob store; null if the job has none yet. */
  private @Nullable BlobStore blobs() {
    if (blobs == null) {
      blobs = BlobStores.openExisting(settings);
    }
    return blobs;
  }

  /** Those that are undamaged, the newest first. */
  List<CheckpointManifest> all() {
    BlobStore store = blobs();
    return store == null
        ? List.of()
        : new Catalog(store)
            .list().stream().map(Catalog.Entry::manifest).filter(Objects::nonNull).toList();
  }

  /**
   * One of them.
   *
   * @throws io.tidemark.api.TidemarkException (TM-8232) if it is not there
   */
  CheckpointManifest load(Location location) {
    BlobStore store = blobs();
    return new Catalog(store == null ? BlobStores.open(settings) : store).load(location);
  }

  /**
   * A task's part, as it was at the cut.
   *
   * @throws StateException (TM-6013) if the checkpoint has none of that name
   */
  CheckpointedTask of(CheckpointManifest from, TaskName task) {
    return whole(from, part(from, task), LocalTask.BEFORE_JOURNAL);
  }

  private static TaskManifest part(CheckpointManifest from, TaskName task) {
    return from.tasks().stream()
        .filter(part -> part.task().equals(task))
        .findFirst()
        .orElseThrow(
            () ->
                new StateException(
                    "TM-6013", Location.of(from) + " has no task " + task + " of that name"));
  }

  /**
   * What leads to a block of a task's journal that does not begin with its first one: the newest
   * checkpoint of the timeline, or the one that the timeline was begun from.
   *
   * @param first the number of the journal's first block; null if it has none
   * @return null if there is none
   */
  @Nullable CheckpointedTask before(Timeline timeline, TaskName task, @Nullable Long first) {
    for (CheckpointManifest manifest : all()) {
      if (first != null && isOf(timeline, manifest)) {
        for (TaskManifest part : manifest.tasks()) {
          if (part.task().equals(task) && part.commit() >= first) {
            return whole(manifest, part, part.position());
          }
        }
      }
    }
    long origin = origin(timeline);
    for (CheckpointManifest manifest : all()) {
      if (origin != 0 && manifest.number() == origin && !isOf(timeline, manifest)) {
        CheckpointedTask begun = begun(timeline, manifest, task);
        if (begun != null && (first == null || begun.cut().number() == first - 1)) {
          return begun;
        }
      }
    }
    return null;
  }

  private boolean isOf(Timeline timeline, CheckpointManifest manifest) {
    return manifest.job().equals(settings.job())
        && manifest.timeline().number() == timeline.number();
  }

  private static long origin(Timeline timeline) {
    return timeline.origins().stream()
        .filter(origin -> origin.timeline() == timeline.number())
        .mapToLong(Timeline.Origin::checkpoint)
        .findFirst()
        .orElse(0);
  }

  /** What a task of a timeline was begun with; null if its stage was new then. */
  private @Nullable CheckpointedTask begun(
      Timeline timeline, CheckpointManifest from, TaskName task) {
    StagePlan plan =
        timeline.stages().stream()
            .filter(stage -> stage.name().equals(task.stage()))
            .findFirst()
            .orElseThrow();
    Division division = new Division(task, plan.tasks(), plan.slots());
    List<TaskManifest> parts = division.partsOf(from);
    List<Reshaper.Store> stores = stores(task);
    if (parts.isEmpty()) {
      return null;
    }
    if (parts.size() == 1
        && StoredSnapshots.isAsItWas(division, parts.get(0), plan.partitions(), stores)) {
      return whole(from, parts.get(0), LocalTask.BEFORE_JOURNAL);
    }
    return restored.computeIfAbsent(
        Location.of(from) + " for timeline " + timeline.number() + " " + task,
        any -> {
          Path directory = scratch.newDirectory();
          Reshaped reshaped = // which reads no inputs, so that it has no positions
              new Reshaper(restorer(), engines)
                  .restore(division, parts, Map.of(), stores, directory);
          Slots slots = new Slots(plan.slots(), plan.tasks(), task.partition());
          return CheckpointedTask.reshaped(from, reshaped, slots, directory, engines);
        });
  }

  private List<Reshaper.Store> stores(TaskName task) {
    return settings.stages().stream()
        .filter(stage -> stage.name().equals(task.stage()))
        .flatMap(stage -> stage.stores().stream())
        .map(settings.stores()::get)
        .filter(Objects::nonNull)
        .map(store -> new Reshaper.Store(store.name(), store.factory(), store.properties()))
        .toList();
  }

  private CheckpointedTask whole(CheckpointManifest from, TaskManifest part, long position) {
    return restored.computeIfAbsent(
        Location.of(from) + " " + part.task() + " " + position,
        any -> {
          Path directory = scratch.newDirectory();
          return CheckpointedTask.whole(
              from,
              part,
              position,
              restorer().restore(part, directory, true, RestoreProgress.Listener.NONE),
              directory,
              engines);
        });
  }

  /** In the directory that is gone when this is closed, nothing need be forced to disk. */
  private SnapshotRestorer restorer() {
    return new SnapshotRestorer(
        Objects.requireNonNull(blobs()), forcing -> {}, 1, System::nanoTime);
  }

  @Override
  public void close() {
    restored.values().forEach(CheckpointedTask::close);
    restored.clear();
    if (blobs != null) {
      blobs.close();
      blobs = null;
    }
  }
}
