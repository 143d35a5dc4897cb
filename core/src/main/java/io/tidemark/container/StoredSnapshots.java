package io.tidemark.container;

import io.tidemark.api.StateException;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.RestoreProgress;
import io.tidemark.checkpoint.RestoredSnapshot;
import io.tidemark.checkpoint.SnapshotRestorer;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockDecoder;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalRecord;
import io.tidemark.runtime.SnapshotSource;
import io.tidemark.state.StateDirectory;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of the checkpoint that a container's tasks start from when they have no state of
 * their own. Any thread may call it.
 */
final class StoredSnapshots implements SnapshotSource {
  private static final Duration POLL = Duration.ofMillis(200);

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
  public boolean clean(StateDirectory directory) {
    return SnapshotRestorer.clean(directory.path());
  }

  @Override
  public boolean has(TaskName task) {
    return part(task) != null;
  }

  private @Nullable TaskManifest part(TaskName task) {
    CheckpointManifest from = latest();
    if (from != null) {
      for (TaskManifest part : from.tasks()) {
        if (part.task().equals(task)) {
          return part;
        }
      }
    }
    return null;
  }

  @Override
  public @Nullable Fetched fetch(TaskName task, int partition, StateDirectory directory) {
    CheckpointManifest from = latest();
    TaskManifest part = part(task);
    if (from == null || part == null) {
      return null;
    }
    UUID journalId =
        from.timeline().number() == timeline ? journalId(partition, part.position()) : null;
    RestoredSnapshot restored =
        restorer.restore(part, directory.path(), true, RestoreProgress.Listener.NONE);
    return new Fetched(
        from.number(),
        part.commit(),
        part.position(),
        journalId,
        part.timeMs(),
        part.positions(),
        part.stores(),
        part.tasks(),
        part.partitions(),
        part.slots(),
        new RestoredBlocks(restored));
  }

  /** The blocks of a restored snapshot, from its files. */
  private record RestoredBlocks(RestoredSnapshot restored) implements Fetched.Blocks {
    @Override
    public void replay(Consumer<Block> action) {
      restored.replay(located -> action.accept(located.block()));
    }

    @Override
    public void close() {
      restored.close();
    }
  }

  /** The id of the journal, as the block says with which the snapshot ends. */
  private UUID journalId(int partition, long position) {
    try (JournalReader reader = journal.get()) {
      BlockDecoder decoder = new BlockDecoder("partition " + partition + " of the job's journal");
      long end = reader.end(partition);
      reader.seek(partition, position);
      while (reader.position() < end) {
        for (JournalRecord record : reader.poll(POLL)) {
          BlockDecoder.LocatedBlock block = decoder.add(record);
          if (block != null) {
            return block.block().journalId();
          }
        }
      }
      throw new StateException(
          "TM-3006",
          "partition "
              + partition
              + " of the job's journal ends at position "
              + end
              + ", before the cut of the checkpoint to restore from. Was the journal deleted or"
              + " replaced? Start the job from that checkpoint, with --from");
    }
  }
}
