package io.tidemark.runtime;

import io.tidemark.api.ConfigException;
import io.tidemark.api.FencedException;
import io.tidemark.api.StateException;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockBuilder.EncodedBlock;
import io.tidemark.journal.BlockEncoder;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalWriter;
import io.tidemark.journal.StoreIdentity;
import io.tidemark.state.ObjectCache;
import io.tidemark.state.Slots;
import io.tidemark.state.StateDirectory;
import io.tidemark.state.StoreIdentities;
import io.tidemark.state.SweepPace;
import io.tidemark.state.TaskState;
import io.tidemark.system.Failpoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a worker the owner of its tasks: opens their local state, replays the journals' tails, and
 * takes possession.
 *
 * <p>To take possession, whoever wrote last is fenced, and a block that names the new owner is
 * appended. If another's block came in between, that one is fenced in turn and it is tried again:
 * in the end the last block names this worker, and whoever it follows can no longer commit. If
 * another's follows the new owner's, that one has fenced the new owner, which gives up. Confined to
 * the worker.
 */
final class TaskOpener {
  private static final Logger LOG = LoggerFactory.getLogger(TaskOpener.class);
  private static final int MAX_ATTEMPTS = 10;

  private final WorkerSpec spec;
  private final List<TaskSpec> tasks;
  private final Journal journal;
  private final JournalReader reader;
  private final JournalWriter writer;
  private final BlockEncoder encoder;
  private final Map<TaskName, StateDirectory> directories;
  private final ObjectCache cache;
  private final SweepPace sweepPace = new SweepPace();

  /**
   * @param directories those of all tasks, locked; the caller closes them
   * @param cache for the entries of all stores
   */
  TaskOpener(
      WorkerSpec spec,
      List<TaskSpec> tasks,
      Journal journal,
      JournalReader reader,
      JournalWriter writer,
      BlockEncoder encoder,
      Map<TaskName, StateDirectory> directories,
      ObjectCache cache) {
    this.spec = spec;
    this.tasks = tasks;
    this.directories = directories;
    this.cache = cache;
    this.journal = journal;
    this.reader = reader;
    this.writer = writer;
    this.encoder = encoder;
  }

  /** A task whose state is up to date. */
  static final class Opened implements AutoCloseable {
    final TaskSpec spec;
    final StateDirectory directory;
    final TaskJournal journal;
    final Block.Opening opening;
    final TaskState state;

    /**
     * What the journal's last opening block says of the stores; null as long as that is unknown.
     */
    @Nullable List<StoreIdentity> stores;

    UUID journalId;
    boolean claimed;
    long ownNumber;
    long fencedNumber;
    Map<SystemStreamPartition, String> positions = Map.of();

    Opened(
        TaskSpec spec,
        StateDirectory directory,
        TaskJournal journal,
        UUID journalId,
        Block.Opening opening,
        TaskState state) {
      this.spec = spec;
      this.directory = directory;
      this.journal = journal;
      this.journalId = journalId;
      this.opening = opening;
      this.state = state;
    }

    /** Frees the engines; what was not committed is gone. The directory stays locked. */
    @Override
    public void close() {
      state.close();
    }
  }

  /** Opens all tasks; if one fails, none stays open. */
  List<Opened> open() {
    List<Opened> opened = new ArrayList<>();
    try {
      for (TaskSpec task : tasks) {
        opened.add(openState(task));
      }
      for (Opened task : opened) {
        try {
          replay(task);
        } catch (StateException e) {
          if (e.code().equals(StateException.DAMAGED)) {
            task.directory.markDamaged(String.valueOf(e.getMessage()));
          }
          throw e;
        }
      }
      takePossession(opened);
      for (Opened task : opened) {
        task.state.remember(remembered(task));
        task.state.applyAll();
      }
      return opened;
    } catch (RuntimeException e) {
      for (Opened task : opened) {
        closeAfter(e, task::close);
      }
      throw e;
    }
  }

  private static void closeAfter(RuntimeException failure, Runnable close) {
    try {
      close.run();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private Opened openState(TaskSpec task) {
    StateDirectory directory = Objects.requireNonNull(directories.get(task.name()));
    TaskJournal taskJournal =
        new TaskJournal(task.name(), task.journalPartition(), spec.journalName());
    StateDirectory.Identity known = directory.identity();
    Block first = known == null ? taskJournal.first(reader) : null;
    UUID id = journalId(known, first);
    Block.Opening opening = opening(task, known, first);
    boolean begun = known != null || first != null;
    if (begun) {
      claim(directory, task, id, opening);
    }
    TaskState state = openEngines(task, directory, opening);
    Opened opened = new Opened(task, directory, taskJournal, id, opening, state);
    opened.claimed = begun;
    opened.stores = kept(directory, id);
    return opened;
  }

  private static @Nullable List<StoreIdentity> kept(StateDirectory directory, UUID journalId) {
    Block kept = directory.opening();
    return kept == null || !kept.journalId().equals(journalId)
        ? null
        : Objects.requireNonNull(kept.opening()).stores();
  }

  private void claim(
      StateDirectory directory, TaskSpec task, UUID journalId, Block.Opening opening) {
    directory.claim(
        new StateDirectory.Identity(
            spec.job(),
            task.name().toString(),
            journalId.toString(),
            opening.partitions(),
            opening.slots()));
  }

  private TaskState openEngines(TaskSpec task, StateDirectory directory, Block.Opening opening) {
    Slots slots = new Slots(opening.slots(), opening.partitions(), task.name().partition());
    try {
      return newState(task, directory, slots);
    } catch (StateException e) {
      if (!e.code().equals(StateException.DAMAGED)) {
        throw e;
      }
      LOG.warn("Task {}: {}", task.name(), e.getMessage());
      directory.setAside(String.valueOf(e.getMessage()));
      return newState(task, directory, slots);
    }
  }

  private TaskState newState(TaskSpec task, StateDirectory directory, Slots slots) {
    return new TaskState(
        task.name(),
        directory,
        task.stores(),
        slots,
        new TaskState.Surroundings(
            spec.engines(),
            cache,
            sweepPace,
            spec.holdingLimits(),
            spec.background().applier(),
            spec.background().readers(),
            spec.ticker(),
            spec.clock()));
  }

  private static UUID journalId(StateDirectory.@Nullable Identity known, @Nullable Block first) {
    if (known != null) {
      return UUID.fromString(known.journalId());
    }
    return first != null ? first.journalId() : UUID.randomUUID();
  }

  private static Block.Opening opening(
      TaskSpec task, StateDirectory.@Nullable Identity known, @Nullable Block first) {
    Block.Opening opening;
    if (known != null) {
      opening = new Block.Opening(task.tasks(), known.partitions(), known.slots(), 0, List.of());
    } else if (first != null) {
      Block.Opening begun = Objects.requireNonNull(first.opening());
      opening = new Block.Opening(task.tasks(), begun.partitions(), begun.slots(), 0, List.of());
    } else {
      int slots = Slots.forPartitions(task.partitions());
      opening = new Block.Opening(task.tasks(), task.partitions(), slots, 0, List.of());
    }
    if (opening.partitions() != task.partitions()) {
      throw new ConfigException(
          "TM-1011",
          String.format(
              "the job's state was begun with %d input partitions, and its inputs now have %d."
                  + " State cannot be moved to other partitions yet; start under a new job.id, or"
                  + " restore the partition count",
              opening.partitions(), task.partitions()));
    }
    return opening;
  }

  private void replay(Opened task) {
    long started = spec.ticker().getAsLong();
    task.journal.startAt(task.state.replayFrom(), reader);
    long from = task.state.replayFrom().number();
    boolean any = readOn(task, from);
    if (task.journal.number() < from) {
      throw task.journal.gap("ends before block " + from);
    }
    if (task.claimed && task.journal.number() == 0) {
      throw task.journal.lost(task.journalId);
    }
    if (task.stores == null && task.journal.number() > 0) {
      throw new StateException(
          StateException.DAMAGED,
          String.format(
              "the local state of task %s in %s is damaged: the file opening, which says what its"
                  + " stores are, is missing or cannot be read",
              task.spec.name(), task.directory.path()));
    }
    if (any) {
      LOG.info(
          "Task {}: replayed the journal from commit {} to {} in {} ms",
          task.spec.name(),
          from,
          task.journal.number(),
          spec.ticker().getAsLong() - started);
    }
  }

  private boolean readOn(Opened task, long known) {
    return task.journal.readOn(
        reader,
        located -> {
          if (!task.claimed) {
            adopt(task, located.block());
          }
          if (!located.block().journalId().equals(task.journalId)) {
            throw task.journal.foreign(task.journalId, located.block().journalId());
          }
          if (located.block().writer().equals(spec.name())) {
            task.ownNumber = located.block().number();
          }
          keepOpening(task, located.block());
          if (located.block().number() > known) {
            task.state.committed(located.block(), located.position());
            task.state.maintain();
          } else {
            task.state.seen(located.block());
          }
        });
  }

  /** Must come before the block goes to the engines, and before its schemas are used. */
  private static void keepOpening(Opened task, Block block) {
    Block.Opening opening = block.opening();
    if (opening != null && !opening.stores().equals(task.stores)) {
      task.directory.keepOpening(block);
      task.stores = opening.stores();
    }
  }

  private static List<StoreIdentity> remembered(Opened task) {
    return Objects.requireNonNullElse(task.stores, List.of());
  }

  /**
   * The next opening block's content.
   *
   * @throws StateException (TM-3015) if a store would be another than it was
   */
  private static Block.Opening nextOpening(Opened task) {
    return new Block.Opening(
        task.opening.tasks(),
        task.opening.partitions(),
        task.opening.slots(),
        task.opening.begunFrom(),
        StoreIdentities.opened(task.spec.name().toString(), remembered(task), task.spec.stores()));
  }

  /**
   * The journal had no block when the task was opened, and this is the first: this worker's or that
   * of another who wanted to begin it too. Until then nobody could say whose the local state is.
   */
  private void adopt(Opened task, Block first) {
    Block.Opening opening = opening(task.spec, null, first);
    assert opening.equals(task.opening) : "slots follow from partitions";
    claim(task.directory, task.spec, first.journalId(), opening);
    task.journalId = first.journalId();
    task.claimed = true;
  }

  private void takePossession(List<Opened> tasks) {
    tasks.forEach(TaskOpener::nextOpening); // who would be refused fences nobody
    List<Opened> open = tasks;
    for (int attempt = 0; !open.isEmpty(); attempt++) {
      if (attempt == MAX_ATTEMPTS) {
        throw new StateException(
            "TM-3102",
            "others keep taking over the tasks "
                + open.stream().map(task -> task.spec.name().toString()).toList()
                + "; is the same container started twice?");
      }
      fenceFormer(open);
      append(open);
      List<Opened> contested = new ArrayList<>();
      for (Opened task : open) {
        if (!isMine(task)) {
          contested.add(task);
        }
      }
      open = contested;
    }
  }

  /**
   * Fences whoever wrote last, until nobody else's block comes any more. A block that came after
   * its writer was fenced is by another writer of the same name, to be fenced too.
   */
  private void fenceFormer(List<Opened> tasks) {
    Set<String> former = formerWriters(tasks);
    while (!former.isEmpty()) {
      for (String writerName : former) {
        LOG.info("Fencing {}, which had tasks of {}", writerName, spec.name());
        journal.fence(writerName);
      }
      tasks.forEach(task -> readOn(task, 0));
      former = formerWriters(tasks);
    }
  }

  /** The others who wrote the last blocks, as far as those have come since the last call. */
  private Set<String> formerWriters(List<Opened> tasks) {
    Set<String> former = new HashSet<>();
    for (Opened task : tasks) {
      String writerName = task.journal.lastWriter();
      boolean news = task.journal.number() > task.fencedNumber;
      if (news && writerName != null && !writerName.equals(spec.name())) {
        former.add(writerName);
      }
      task.fencedNumber = task.journal.number();
    }
    return former;
  }

  private void append(List<Opened> tasks) {
    Failpoint.pass("open.before-opening");
    for (Opened task : tasks) {
      task.positions = positions(task);
      EncodedBlock block =
          task.journal.opening(
              spec.name(),
              task.journalId,
              task.state.now(),
              nextOpening(task),
              task.positions,
              encoder);
      writer.append(task.journal.partition(), block.records());
    }
    Committer.await(writer.commit());
    Failpoint.pass("open.after-opening");
  }

  /**
   * Whether this worker's opening block counts and nothing follows it.
   *
   * @throws FencedException if it counts and another's follows: the other has fenced this worker
   *     before, and to fence it in turn would leave nobody
   */
  private boolean isMine(Opened task) {
    long opening = task.journal.number() + 1;
    readOn(task, 0);
    if (task.ownNumber == opening && task.journal.number() > opening) {
      throw new FencedException(
          "TM-3101",
          String.format(
              "another process, %s, took over task %s from %s; this one must stop",
              task.journal.lastWriter(), task.spec.name(), spec.name()),
          null);
    }
    return task.ownNumber == opening;
  }

  private Map<SystemStreamPartition, String> positions(Opened task) {
    Map<SystemStreamPartition, String> positions = new LinkedHashMap<>();
    task.spec
        .inputs()
        .forEach(
            (partition, input) -> {
              String committed = task.journal.positions().get(partition);
              positions.put(
                  partition,
                  committed != null ? committed : spec.startOffset(partition, input.fromOldest()));
            });
    return positions;
  }
}
