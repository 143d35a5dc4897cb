package io.tidemark.container;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.RestoreProgress;
import io.tidemark.checkpoint.RestoredSnapshot;
import io.tidemark.checkpoint.SnapshotRestorer;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.journal.Block;
import io.tidemark.journal.JournalReader;
import io.tidemark.runtime.SnapshotSource;
import io.tidemark.state.StateDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of the checkpoint that a container's tasks start from when they have no state of
 * their own. Any thread may call it.
 */
final class StoredSnapshots implements SnapshotSource {
  private final Catalog catalog;
  private final SnapshotRestorer restorer;
  private final int timeline;
  private final Supplier<JournalReader> journal;
  private final Supplier<@Nullable String> location;
  private @Nullable CheckpointManifest manifest;
  private String loaded = "";

  /**
   * @param timeline the number of the timeline that the container is on
   * @param journal opens the timeline's journal
   * @param location where the checkpoint is at present; null if there is none
   */
  StoredSnapshots(
      Catalog catalog,
      SnapshotRestorer restorer,
      int timeline,
      Supplier<JournalReader> journal,
      Supplier<@Nullable String> location) {
    this.catalog = catalog;
    this.restorer = restorer;
    this.timeline = timeline;
    this.journal = journal;
    this.location = location;
  }

  /** The checkpoint that a task without state starts from now; null if there is none. */
  synchronized @Nullable CheckpointManifest latest() {
    String wanted = location.get();
    if (wanted == null) {
      return null;
    }
    if (!wanted.equals(loaded)) {
      manifest = catalog.load(Location.parse(wanted));
      loaded = wanted;
    }
    return manifest;
  }

  @Override
  public @Nullable Fetched fetch(TaskName task, StateDirectory directory) {
    CheckpointManifest latest = latest();
    if (latest == null) {
      return null;
    }
    for (TaskManifest part : latest.tasks()) {
      if (part.task().equals(task)) {
        return fetch(latest, part, directory);
      }
    }
    return null;
  }

  private Fetched fetch(CheckpointManifest from, TaskManifest part, StateDirectory directory) {
    try (RestoredSnapshot restored =
        restorer.restore(part, directory.path(), true, RestoreProgress.Listener.NONE)) {
      List<Block> blocks = new ArrayList<>();
      restored.replay(located -> blocks.add(located.block()));
      return new Fetched(
          from.number(),
          part.commit(),
          part.position(),
          from.timeline().number() == timeline,
          part.timeMs(),
          part.positions(),
          part.stores(),
          part.tasks(),
          part.partitions(),
          part.slots(),
          blocks);
    }
  }
}
