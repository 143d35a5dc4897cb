package io.tidemark.runtime;

import io.tidemark.api.ConfigException;
import io.tidemark.api.StateException;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockBuilder.EncodedBlock;
import io.tidemark.journal.BlockEncoder;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalWriter;
import io.tidemark.state.Slots;
import io.tidemark.state.StateDirectory;
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
 * in the end the last block names this worker, and whoever it follows can no longer commit.
 * Confined to the worker.
 */
final class TaskOpener {
  private static final Logger LOG = LoggerFactory.getLogger(TaskOpener.class);
  private static final int MAX_ATTEMPTS = 10;

  private final WorkerSpec spec;
  private final Journal journal;
  private final JournalReader reader;
  private final JournalWriter writer;
  private final BlockEncoder encoder;
  private final Map<TaskName, StateDirectory> directories;

  /**
   * @param directories those of all tasks, locked; the caller closes them
   */
  TaskOpener(
      WorkerSpec spec,
      Journal journal,
      JournalReader reader,
      JournalWriter writer,
      BlockEncoder encoder,
      Map<TaskName, StateDirectory> directories) {
    this.spec = spec;
    this.directories = directories;
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
    final UUID journalId;
    final Block.Opening opening;
    final TaskState state;
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
      for (TaskSpec task : spec.tasks()) {
        opened.add(openState(task));
      }
      for (Opened task : opened) {
        replay(task);
      }
      takePossession(opened);
      for (Opened task : opened) {
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
    Block.Opening opening = opening(task, taskJournal, known, first);
    directory.claim(
        new StateDirectory.Identity(
            spec.job(),
            task.name().toString(),
            id.toString(),
            opening.partitions(),
            opening.slots()));
    TaskState state = openEngines(task, directory, opening);
    return new Opened(task, directory, taskJournal, id, opening, state);
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
        spec.engines(),
        spec.holdingLimits(),
        spec.applier(),
        spec.ticker());
  }

  private static UUID journalId(StateDirectory.@Nullable Identity known, @Nullable Block first) {
    if (known != null) {
      return UUID.fromString(known.journalId());
    }
    return first != null ? first.journalId() : UUID.randomUUID();
  }

  private static Block.Opening opening(
      TaskSpec task,
      TaskJournal journal,
      StateDirectory.@Nullable Identity known,
      @Nullable Block first) {
    Block.Opening opening;
    if (known != null) {
      opening = new Block.Opening(known.partitions(), known.slots());
    } else if (first != null) {
      opening = first.opening();
      if (opening == null || first.number() != 1) {
        throw journal.gap("begins with block " + first.number());
      }
    } else {
      opening = new Block.Opening(task.partitions(), Slots.forPartitions(task.partitions()));
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
          if (!located.block().journalId().equals(task.journalId)) {
            throw task.journal.foreign(task.journalId, located.block().journalId());
          }
          if (located.block().number() > known) {
            task.state.committed(located.block(), located.position());
            task.state.maintain();
          }
        });
  }

  private void takePossession(List<Opened> tasks) {
    Set<String> fenced = new HashSet<>();
    List<Opened> open = tasks;
    for (int attempt = 0; !open.isEmpty(); attempt++) {
      if (attempt == MAX_ATTEMPTS) {
        throw new StateException(
            "TM-3102",
            "others keep taking over the tasks "
                + open.stream().map(task -> task.spec.name().toString()).toList()
                + "; is the same container started twice?");
      }
      fenceFormer(open, fenced);
      append(open);
      List<Opened> contested = new ArrayList<>();
      for (Opened task : open) {
        if (!isMine(task)) {
          contested.add(task);
        }
      }
      fenced.clear();
      open = contested;
    }
  }

  /** Fences whoever wrote last, until nobody else's block comes any more. */
  private void fenceFormer(List<Opened> tasks, Set<String> fenced) {
    boolean again = true;
    while (again) {
      again = false;
      for (Opened task : tasks) {
        String former = task.journal.lastWriter();
        if (former != null && !former.equals(spec.name()) && fenced.add(former)) {
          LOG.info("Task {}: fencing its former worker {}", task.spec.name(), former);
          journal.fence(former);
          again = true;
        }
      }
      if (again) {
        tasks.forEach(task -> readOn(task, 0));
      }
    }
  }

  private void append(List<Opened> tasks) {
    Failpoint.pass("open.before-opening");
    for (Opened task : tasks) {
      task.positions = positions(task);
      EncodedBlock block =
          task.journal.opening(spec.name(), task.journalId, task.opening, task.positions, encoder);
      writer.append(task.journal.partition(), block.records());
    }
    Committer.await(writer.commit());
    Failpoint.pass("open.after-opening");
  }

  /** Whether this worker's opening block counts and nothing follows it. */
  private boolean isMine(Opened task) {
    long before = task.journal.number();
    readOn(task, 0);
    return task.journal.number() == before + 1 && spec.name().equals(task.journal.lastWriter());
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
