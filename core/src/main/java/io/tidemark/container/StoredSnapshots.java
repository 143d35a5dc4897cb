package io.tidemark.container;

import io.tidemark.api.CheckpointVerificationException;
import io.tidemark.api.StateException;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.RestoreProgress;
import io.tidemark.checkpoint.RestoredSnapshot;
import io.tidemark.checkpoint.SnapshotRestorer;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.config.CheckpointSettings.OnVerificationFailure;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockDecoder;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalRecord;
import io.tidemark.runtime.SnapshotSource;
import io.tidemark.state.StateDirectory;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots of the checkpoint that a container's tasks start from when they have no state of
 * their own. If damaged checkpoints may be passed over, that is the newest undamaged one of the
 * timeline, as the journal leads on from each of them. Any thread may call it.
 */
final class StoredSnapshots implements SnapshotSource {
  private static final Logger LOG = LoggerFactory.getLogger(StoredSnapshots.class);
  private static final Duration POLL = Duration.ofMillis(200);

  private final Catalog catalog;
  private final SnapshotRestorer restorer;
  private final int timeline;
  private final Supplier<JournalReader> journal;
  private final Supplier<@Nullable String> location;
  private final OnVerificationFailure onFailure;
  private final Set<Long> damaged = new HashSet<>();
  private @Nullable CheckpointManifest manifest;
  private String loaded = "";

  /**
   * @param onFailure whether damaged checkpoints may be passed over
   * @param timeline the number of the timeline that the container is on
   * @param journal opens the timeline's journal
   * @param location where the checkpoint is at present; null if there is none
   */
  StoredSnapshots(
      Catalog catalog,
      SnapshotRestorer restorer,
      OnVerificationFailure onFailure,
      int timeline,
      Supplier<JournalReader> journal,
      Supplier<@Nullable String> location) {
    this.catalog = catalog;
    this.restorer = restorer;
    this.onFailure = onFailure;
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
      manifest = usable(Location.parse(wanted));
      loaded = wanted;
    }
    return manifest;
  }

  private CheckpointManifest usable(Location wanted) {
    try {
      CheckpointManifest found = catalog.load(wanted);
      if (onFailure == OnVerificationFailure.PREVIOUS) {
        catalog.requireBlobs(found);
      }
      return found;
    } catch (CheckpointVerificationException e) {
      return before(wanted.number() == 0 ? Long.MAX_VALUE : wanted.number(), e);
    }
  }

  /** A task's part turned out to be damaged: from here on tasks start from another checkpoint. */
  private synchronized void passOver(
      CheckpointManifest found, CheckpointVerificationException damage) {
    if (found.timeline().number() != timeline) {
      throw damage; // the tasks that have begun from it would not go with those that did not
    }
    damaged.add(found.number());
    if (found.equals(manifest)) {
      manifest = before(found.number(), damage);
    }
  }

  private CheckpointManifest before(long number, CheckpointVerificationException damage) {
    if (onFailure == OnVerificationFailure.PREVIOUS) {
      for (Catalog.Entry entry : catalog.list()) {
        CheckpointManifest older = entry.manifest();
        if (older != null && older.number() < number && isUsable(older)) {
          LOG.warn(
              "{} is taken instead of a newer checkpoint: {}",
              Location.of(older),
              damage.getMessage());
          return older;
        }
      }
    }
    throw damage;
  }

  private boolean isUsable(CheckpointManifest older) {
    if (older.timeline().number() != timeline || damaged.contains(older.number())) {
      return false;
    }
    try {
      catalog.requireBlobs(older);
      return true;
    } catch (CheckpointVerificationException e) {
      LOG.warn("A checkpoint is passed over: {}", e.getMessage());
      return false;
    }
  }

  @Override
  public boolean clean(StateDirectory directory) {
    return SnapshotRestorer.clean(directory.path());
  }

  @Override
  public boolean has(TaskName task) {
    CheckpointManifest from = latest();
    return from != null && part(from, task) != null;
  }

  private static @Nullable TaskManifest part(CheckpointManifest from, TaskName task) {
    for (TaskManifest part : from.tasks()) {
      if (part.task().equals(task)) {
        return part;
      }
    }
    return null;
  }

  @Override
  public @Nullable Fetched fetch(TaskName task, int partition, StateDirectory directory) {
    while (true) {
      CheckpointManifest from = latest();
      TaskManifest part = from == null ? null : part(from, task);
      if (from == null || part == null) {
        return null;
      }
      try {
        return fetch(from, part, partition, directory);
      } catch (CheckpointVerificationException e) {
        passOver(from, e);
      }
    }
  }

  private Fetched fetch(
      CheckpointManifest from, TaskManifest part, int partition, StateDirectory directory) {
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
