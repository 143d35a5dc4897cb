package io.tidemark.container;

import io.tidemark.api.CheckpointVerificationException;
import io.tidemark.api.StateException;
import io.tidemark.api.SystemStream;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Division;
import io.tidemark.checkpoint.EngineManifest;
import io.tidemark.checkpoint.FormerPositions;
import io.tidemark.checkpoint.FormerPositions.OffsetOrder;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.Reshaper;
import io.tidemark.checkpoint.Reshaper.Reshaped;
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
import io.tidemark.runtime.TaskSpec;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.StateDirectory;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
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

  private static final Fetched.Blocks NO_BLOCKS =
      new Fetched.Blocks() {
        @Override
        public void replay(Consumer<Block> action) {
          // All is in the engines.
        }

        @Override
        public void close() {
          // Nothing is held.
        }
      };

  private final Setup setup;
  private final Set<Long> damaged = new HashSet<>();
  private @Nullable CheckpointManifest manifest;
  private String loaded = "";

  /**
   * What it brings snapshots with.
   *
   * @param onFailure whether damaged checkpoints may be passed over
   * @param timeline the number of the timeline that the container is on
   * @param specs says how a task is made
   * @param engines the engines by type, also of those that no store has any more
   * @param order orders the offsets of inputs
   * @param location where the checkpoint is at present; null if there is none
   */
  record Setup(
      Catalog catalog,
      SnapshotRestorer restorer,
      OnVerificationFailure onFailure,
      int timeline,
      Function<TaskName, TaskSpec> specs,
      Function<String, EngineFactory> engines,
      OffsetOrder order,
      Supplier<@Nullable String> location) {}

  StoredSnapshots(Setup setup) {
    this.setup = setup;
  }

  /** The checkpoint that a task without state starts from now; null if there is none. */
  synchronized @Nullable CheckpointManifest latest() {
    String wanted = setup.location.get();
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
      CheckpointManifest found = setup.catalog.load(wanted);
      if (setup.onFailure == OnVerificationFailure.PREVIOUS) {
        setup.catalog.requireBlobs(found);
      }
      return found;
    } catch (CheckpointVerificationException e) {
      return before(wanted.number() == 0 ? Long.MAX_VALUE : wanted.number(), e);
    } catch (TidemarkException e) {
      CheckpointManifest newer =
          e.code().equals(Catalog.NOT_THERE) ? newerThan(wanted.number()) : null;
      if (newer == null) {
        throw e;
      }
      return newer;
    }
  }

  /** The newest of this timeline, if the one that orders named was retired since. */
  private @Nullable CheckpointManifest newerThan(long number) {
    for (Catalog.Entry entry : setup.catalog.list()) {
      CheckpointManifest found = entry.manifest();
      if (found != null
          && found.timeline().number() == setup.timeline
          && found.number() > number
          && number > 0) {
        return found;
      }
    }
    return null;
  }

  /** A task's part turned out to be damaged: from here on tasks start from another checkpoint. */
  private synchronized void passOver(
      CheckpointManifest found, CheckpointVerificationException damage) {
    if (found.timeline().number() != setup.timeline) {
      throw damage; // the tasks that have begun from it would not go with those that did not
    }
    damaged.add(found.number());
    if (found.equals(manifest)) {
      manifest = before(found.number(), damage);
    }
  }

  private CheckpointManifest before(long number, CheckpointVerificationException damage) {
    if (setup.onFailure == OnVerificationFailure.PREVIOUS) {
      for (Catalog.Entry entry : setup.catalog.list()) {
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
    if (older.timeline().number() != setup.timeline || damaged.contains(older.number())) {
      return false;
    }
    try {
      setup.catalog.requireBlobs(older);
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
    return from != null && (from.timeline().number() != setup.timeline || part(from, task) != null);
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
  public @Nullable Fetched fetch(
      TaskName task,
      int partition,
      StateDirectory directory,
      JournalReader journal,
      RestoreProgress.Listener listener) {
    while (true) {
      CheckpointManifest from = latest();
      if (from == null) {
        return null;
      }
      try {
        return fetch(from, task, partition, directory, journal, listener);
      } catch (CheckpointVerificationException e) {
        passOver(from, e);
      }
    }
  }

  private @Nullable Fetched fetch(
      CheckpointManifest from,
      TaskName task,
      int partition,
      StateDirectory directory,
      JournalReader journal,
      RestoreProgress.Listener listener) {
    if (from.timeline().number() != setup.timeline) {
      return begun(from, setup.specs.apply(task), directory, listener);
    }
    TaskManifest part = part(from, task);
    return part == null
        ? null
        : whole(from, part, journalId(journal, partition, part.position()), directory, listener);
  }

  /** The first of a timeline, whose tasks and stores may be others than the checkpoint's. */
  private Fetched begun(
      CheckpointManifest from,
      TaskSpec spec,
      StateDirectory directory,
      RestoreProgress.Listener listener) {
    Division division = new Division(spec.name(), spec.tasks(), spec.slots());
    List<TaskManifest> parts = division.partsOf(from);
    List<Reshaper.Store> stores =
        spec.stores().stream()
            .map(store -> new Reshaper.Store(store.name(), store.engine(), store.properties()))
            .toList();
    if (parts.size() == 1 && isAsItWas(division, parts.get(0), spec.partitions(), stores)) {
      return whole(from, parts.get(0), null, directory, listener);
    }
    if (parts.isEmpty()) { // the stage is new
      return fetched(from, spec, new Reshaped(0, 0, Map.of(), List.of()));
    }
    return fetched(
        from,
        spec,
        new Reshaper(setup.restorer, setup.engines)
            .restore(division, parts, positions(from, division, spec), stores, directory.path()));
  }

  private Map<SystemStreamPartition, String> positions(
      CheckpointManifest from, Division division, TaskSpec spec) {
    Set<SystemStream> streams =
        spec.inputs().keySet().stream()
            .map(SystemStreamPartition::getSystemStream)
            .collect(Collectors.toSet());
    return new FormerPositions(from, streams, setup.order).of(division, spec.partitions());
  }

  /** Whether a task can go on with a part as that is. */
  static boolean isAsItWas(
      Division division, TaskManifest part, int partitions, List<Reshaper.Store> stores) {
    Set<String> engines =
        part.engines().stream().map(EngineManifest::type).collect(Collectors.toSet());
    Set<String> wanted = stores.stream().map(Reshaper.Store::engine).collect(Collectors.toSet());
    Set<String> names = stores.stream().map(Reshaper.Store::name).collect(Collectors.toSet());
    return division.isSame(part)
        && part.partitions() == partitions
        && engines.equals(wanted)
        && engines.size() <= 1
        && part.stores().stream().allMatch(store -> names.contains(store.name()));
  }

  private static Fetched fetched(CheckpointManifest from, TaskSpec spec, Reshaped reshaped) {
    return new Fetched(
        from.number(),
        reshaped.commit(),
        -1,
        null,
        reshaped.timeMs(),
        reshaped.positions(),
        reshaped.stores(),
        spec.tasks(),
        spec.partitions(),
        spec.slots(),
        NO_BLOCKS);
  }

  private Fetched whole(
      CheckpointManifest from,
      TaskManifest part,
      @Nullable UUID journalId,
      StateDirectory directory,
      RestoreProgress.Listener listener) {
    RestoredSnapshot restored = setup.restorer.restore(part, directory.path(), true, listener);
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
    public void keep() {
      restored.keep();
    }

    @Override
    public void close() {
      restored.close();
    }
  }

  /** The id of the journal, as the block says with which the snapshot ends. */
  private static UUID journalId(JournalReader reader, int partition, long position) {
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
