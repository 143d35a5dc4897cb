package io.tidemark.runtime;

import io.tidemark.api.ConfigException;
import io.tidemark.api.StateException;
import io.tidemark.checkpoint.ReplayTime;
import io.tidemark.checkpoint.RestoreProgress;
import io.tidemark.journal.Block;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalReader;
import io.tidemark.runtime.SnapshotSource.Fetched;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.ObjectCache;
import io.tidemark.state.Slots;
import io.tidemark.state.StateDirectory;
import io.tidemark.state.SweepPace;
import io.tidemark.state.TaskState;
import io.tidemark.system.Failpoint;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a task's state up to date, and closes it in the end: both beside the worker's thread, one
 * piece of work at a time. The worker calls the methods, and has the task while none is under way.
 *
 * <p>The state comes from the local directory if its journal is this one and still has what comes
 * next; else from a snapshot; else from the whole journal.
 */
final class TaskRestorer {
  private static final Logger LOG = LoggerFactory.getLogger(TaskRestorer.class);

  private final WorkerSpec worker;
  private final Journal journal;
  private final ObjectCache cache;
  private final SweepPace sweepPace;
  private final TaskSpec spec;
  private final Runnable ended;
  private CompletableFuture<Void> work = CompletableFuture.completedFuture(null);
  private volatile boolean stopped;
  private volatile @Nullable TaskJournal reading;
  private volatile @Nullable RestoreProgress fetching;
  private volatile @Nullable ReplayTime replay;
  private @Nullable StateDirectory directory;
  private @Nullable RestoredTask restored;
  private @Nullable Throwable failure;

  /**
   * @param ended called whenever a piece of work has ended
   */
  TaskRestorer(
      WorkerSpec worker,
      Journal journal,
      ObjectCache cache,
      SweepPace sweepPace,
      TaskSpec spec,
      Runnable ended) {
    this.worker = worker;
    this.journal = journal;
    this.cache = cache;
    this.sweepPace = sweepPace;
    this.spec = spec;
    this.ended = ended;
  }

  /** Opens the task's state and replays its journal. */
  void restore() {
    begin(
        () -> {
          try {
            open();
          } catch (RuntimeException | Error e) {
            closeAll(false);
            throw e;
          }
        });
  }

  /** Replays what has come since. */
  void catchUp() {
    begin(
        () -> {
          try (JournalReader reader = journal.reader()) {
            RestoredTask task = restored();
            if (task.readOn(reader, true)) {
              task.state.applyHere();
            }
          } catch (RuntimeException | Error e) {
            closeAll(false);
            throw e;
          }
        });
  }

  /**
   * Closes the task's state and unlocks its directory.
   *
   * @param inOrder whether its engines are to have all that is committed
   */
  void close(boolean inOrder) {
    begin(() -> closeAll(inOrder));
  }

  /** What is under way need not be completed. */
  void stop() {
    stopped = true;
  }

  /** Whether a piece of work is under way. */
  boolean isBusy() {
    return !work.isDone();
  }

  /** Whether the task is restored, and no piece of work is under way. */
  boolean isAtRest() {
    return !isBusy() && failure == null && restored != null;
  }

  /** Waits for the work under way, and closes the state if that is open; the directory stays. */
  void closeStateNow() {
    stopped = true;
    work.exceptionally(e -> null).join();
    if (restored != null) {
      restored.state.close();
      restored = null;
    }
  }

  /** Unlocks the directory. */
  void closeDirectoryNow() {
    if (directory != null) {
      directory.close();
      directory = null;
    }
  }

  /** What the last piece of work failed with; null if it ended well. None may be under way. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** The task, restored. No work may be under way. */
  RestoredTask restored() {
    return Objects.requireNonNull(restored, "restored");
  }

  /** How far the task's snapshot is in place; null if none is being fetched. */
  @Nullable RestoreProgress fetching() {
    return fetching;
  }

  /** How long the journal was replayed; null if it was not, or that goes on. */
  @Nullable ReplayTime replay() {
    return replay;
  }

  /** How many records of the journal are known to be unread. */
  long behind() {
    TaskJournal known = reading;
    return known == null ? 0 : known.behind();
  }

  private void begin(Runnable piece) {
    failure = null;
    fetching = null;
    try {
      work =
          CompletableFuture.runAsync(piece, worker.background().restorers())
              .handle(
                  (nothing, thrown) -> {
                    failure = thrown instanceof CompletionException ? thrown.getCause() : thrown;
                    return null;
                  });
    } catch (RuntimeException e) { // the executor takes no more
      failure = e;
    }
    work.whenComplete((nothing, thrown) -> ended.run());
  }

  private void closeAll(boolean inOrder) {
    try {
      if (restored != null) {
        Failpoint.pass("release.before-close");
        if (inOrder) {
          restored.state.drain();
        }
        restored.state.close();
        Failpoint.pass("release.after-close");
      }
    } finally {
      restored = null;
      closeDirectoryNow();
    }
  }

  /**
   * Brings state that there is. That takes processors, memory and the disk, so that more at a time
   * than there are processors would only make the first task late. A task without any has no turn:
   * it waits for answers and for the disk, which many can do at a time. Nobody waits for a turn
   * within one.
   */
  private <T extends @Nullable Object> T inTurn(Supplier<T> work) {
    Semaphore turns = worker.background().replays();
    turns.acquireUninterruptibly();
    try {
      if (stopped) {
        throw new RestoredTask.Stopped();
      }
      return work.get();
    } finally {
      turns.release();
    }
  }

  private void open() {
    long started = worker.ticker().getAsLong();
    StateDirectory opened = StateDirectory.open(worker.stateDirectory(), worker.job(), spec.name());
    directory = opened;
    try (JournalReader reader = journal.reader()) {
      StateDirectory.Identity known = worker.snapshots().clean(opened) ? null : opened.identity();
      if (known != null && !known.journal().equals(worker.journalName())) {
        LOG.info(
            "Task {}: the local state belongs to the journal {}, which was given up, and is removed",
            spec.name(),
            known.journal());
        known = null;
      }
      if (known == null) {
        opened.clear(); // what is left of a start that did not come far
      }
      restored =
          known != null ? fromDirectory(opened, known, reader) : fromElsewhere(opened, reader);
    }
    LOG.info(
        "Task {}: restored at commit {} in {} ms",
        spec.name(),
        restored.journal.number(),
        worker.ticker().getAsLong() - started);
  }

  private RestoredTask fromDirectory(
      StateDirectory opened, StateDirectory.Identity known, JournalReader reader) {
    try {
      return inTurn(() -> guarded(opened, () -> local(opened, known, reader)));
    } catch (StateException e) {
      boolean journalLacks = e.code().equals("TM-3006");
      if (!journalLacks || !worker.snapshots().has(spec.name())) {
        throw e;
      }
      LOG.info("Task {}: the local state is of no use: {}", spec.name(), e.getMessage());
      opened.clear();
      return fromElsewhere(opened, reader);
    }
  }

  private RestoredTask fromElsewhere(StateDirectory opened, JournalReader reader) {
    RestoredTask brought =
        worker.snapshots().has(spec.name()) ? inTurn(() -> fetched(opened, reader)) : null;
    if (brought != null) {
      return brought;
    }
    TaskJournal looked = newJournal();
    Block first = looked.first(reader);
    return looked.isEmpty()
        ? guarded(opened, () -> fromNothing(opened, looked))
        : inTurn(() -> guarded(opened, () -> fromJournal(opened, first, reader)));
  }

  /** Null if there is no snapshot. */
  private @Nullable RestoredTask fetched(StateDirectory opened, JournalReader reader) {
    Fetched fetched =
        worker
            .snapshots()
            .fetch(spec.name(), spec.journalPartition(), opened, reader, now -> fetching = now);
    fetching = null;
    return fetched == null ? null : guarded(opened, () -> fromSnapshot(opened, fetched, reader));
  }

  /** Notes for the next start if the local state turns out to be damaged. */
  private static RestoredTask guarded(StateDirectory opened, Supplier<RestoredTask> work) {
    try {
      return work.get();
    } catch (StateException e) {
      if (e.code().equals(StateException.DAMAGED)) {
        opened.markDamaged(String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  private RestoredTask local(
      StateDirectory opened, StateDirectory.Identity known, JournalReader reader) {
    Block kept = opened.opening();
    Block.Opening begun = kept == null ? null : kept.opening();
    Block.Opening opening =
        checked(
            new Block.Opening(
                begun == null ? spec.tasks() : begun.tasks(),
                known.partitions(),
                known.slots(),
                begun == null ? 0 : begun.begunFrom(),
                List.of()));
    RestoredTask task = newTask(opened, UUID.fromString(known.journalId()), opening);
    task.claim();
    task.takeKept();
    return replayed(task, reader);
  }

  /** Whoever takes possession reads on from where the journal will begin. */
  private RestoredTask fromNothing(StateDirectory opened, TaskJournal looked) {
    Block.Opening opening =
        new Block.Opening(spec.tasks(), spec.partitions(), spec.slots(), 0, List.of());
    RestoredTask task = newTask(opened, UUID.randomUUID(), opening);
    task.journal.startAtBeginning(looked);
    return task;
  }

  private RestoredTask fromJournal(
      StateDirectory opened, @Nullable Block first, JournalReader reader) {
    Block.Opening begun = first == null ? null : first.opening();
    Block.Opening opening =
        begun == null
            ? new Block.Opening(spec.tasks(), spec.partitions(), spec.slots(), 0, List.of())
            : new Block.Opening(
                begun.tasks(), begun.partitions(), begun.slots(), begun.begunFrom(), List.of());
    UUID id = first == null ? UUID.randomUUID() : first.journalId();
    RestoredTask task = newTask(opened, id, checked(opening));
    if (first != null) {
      task.claim();
    }
    return replayed(task, reader);
  }

  private RestoredTask replayed(RestoredTask task, JournalReader reader) {
    return closedOnFailure(
        task,
        () -> {
          EngineCommit held = task.state.replayFrom();
          task.journal.startAt(held, reader);
          replay(task, held.number(), reader);
        });
  }

  private static RestoredTask closedOnFailure(RestoredTask task, Runnable step) {
    try {
      step.run();
      return task;
    } catch (RuntimeException | Error e) {
      try {
        task.state.close();
      } catch (RuntimeException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  private void replay(RestoredTask task, long from, JournalReader reader) {
    long started = worker.ticker().getAsLong();
    boolean any = task.readOn(reader, reader.end(spec.journalPartition()), from, true);
    if (task.journal.number() < from) {
      throw task.journal.gap("ends before block " + from);
    }
    if (task.claimed && task.journal.journalId() == null) {
      throw task.journal.lost(task.journalId);
    }
    if (!task.knowsStores() && task.journal.journalId() != null) {
      throw new StateException(
          StateException.DAMAGED,
          String.format(
              "the local state of task %s in %s is damaged: the file opening, which says what its"
                  + " stores are, is missing or cannot be read",
              spec.name(), task.directory.path()));
    }
    task.state.applyHere();
    if (any) {
      long ms = worker.ticker().getAsLong() - started;
      replay = new ReplayTime(task.journal.readBytes(), ms);
      LOG.info(
          "Task {}: replayed the journal from commit {} to {} in {} ms",
          spec.name(),
          from,
          task.journal.number(),
          ms);
    }
  }

  /** The engines' files are in place; the blocks up to the cut bring them there. */
  private RestoredTask fromSnapshot(StateDirectory opened, Fetched fetched, JournalReader reader) {
    Failpoint.pass("restore.after-fetch");
    UUID id = fetched.journalId();
    Block.Opening opening =
        checked(
            new Block.Opening(
                fetched.tasks(),
                fetched.partitions(),
                fetched.slots(),
                id == null ? fetched.checkpoint() : begunFrom(),
                List.of()));
    RestoredTask task = newTask(opened, id == null ? UUID.randomUUID() : id, opening);
    return closedOnFailure(
        task,
        () -> {
          applyUpToCut(task, fetched);
          if (id == null) {
            beginAfter(task, fetched, reader);
          } else {
            goOnFrom(task, fetched, reader);
          }
        });
  }

  private void applyUpToCut(RestoredTask task, Fetched fetched) {
    TaskState state = task.state;
    try (Fetched.Blocks blocks = fetched.blocks()) {
      blocks.replay(block -> apply(state, block, fetched));
    }
    state.applyHere();
    state.seen(fetched.timeMs());
    Failpoint.pass("restore.before-rebase");
  }

  private void apply(TaskState state, Block block, Fetched fetched) {
    if (stopped) {
      throw new RestoredTask.Stopped();
    }
    if (block.number() > fetched.commit()) {
      throw incomplete(fetched, "it has block " + block.number());
    }
    if (block.number() > state.replayFrom().number()) {
      state.committed(block, fetched.position());
      state.maintainRestoring();
    }
  }

  private StateException incomplete(Fetched fetched, String what) {
    return new StateException(
        "TM-3401",
        String.format(
            "the snapshot of task %s in checkpoint %d does not lead to its cut at commit %d: %s. Start"
                + " from another checkpoint",
            spec.name(), fetched.checkpoint(), fetched.commit(), what));
  }

  /** The journal is the one that the snapshot was taken of. */
  private void goOnFrom(RestoredTask task, Fetched fetched, JournalReader reader) {
    EngineCommit cut = new EngineCommit(fetched.commit(), fetched.position());
    task.state.rebase(cut);
    task.takeStores(fetched.stores());
    task.directory.keepOpening(openingOf(task, fetched));
    task.claim();
    task.journal.startAt(cut, reader);
    replay(task, cut.number(), reader);
    task.state.flushLater(fetched.blocks()::keep);
  }

  /** The journal is a new one, of this timeline. */
  private void beginAfter(RestoredTask task, Fetched fetched, JournalReader reader) {
    task.state.rebase(new EngineCommit(fetched.commit(), TaskJournal.BEFORE_JOURNAL));
    task.takeStores(fetched.stores());
    task.journal.startAfter(
        fetched.commit(),
        fetched.checkpoint(),
        fetched.positions(),
        reader.oldest(spec.journalPartition()));
    replay(task, fetched.commit(), reader);
    task.state.drain();
    fetched.blocks().keep();
  }

  /** What stands in for the opening block that the journal may no longer have. */
  private static Block openingOf(RestoredTask task, Fetched fetched) {
    Block.Opening opening = task.opening;
    return new Block(
        fetched.commit(),
        1,
        fetched.timeMs(),
        "",
        task.journalId,
        new Block.Opening(
            opening.tasks(),
            opening.partitions(),
            opening.slots(),
            opening.begunFrom(),
            fetched.stores()),
        fetched.positions(),
        Block.Marks.NONE,
        List.of());
  }

  /** The checkpoint that the timeline was begun from; 0 if from nothing. */
  private long begunFrom() {
    return worker.timeline().origins().stream()
        .filter(origin -> origin.timeline() == worker.timeline().number())
        .mapToLong(origin -> origin.checkpoint())
        .findFirst()
        .orElse(0);
  }

  private TaskJournal newJournal() {
    return new TaskJournal(spec.name(), spec.journalPartition(), worker.journalName());
  }

  private RestoredTask newTask(StateDirectory opened, UUID journalId, Block.Opening opening) {
    TaskJournal taskJournal = newJournal();
    reading = taskJournal;
    TaskState state = openEngines(opened, opening);
    return new RestoredTask(
        worker, spec, opened, taskJournal, journalId, opening, state, () -> stopped);
  }

  private TaskState openEngines(StateDirectory opened, Block.Opening opening) {
    Slots slots = new Slots(opening.slots(), opening.tasks(), spec.name().partition());
    try {
      return newState(opened, slots);
    } catch (StateException e) {
      if (!e.code().equals(StateException.DAMAGED)) {
        throw e;
      }
      LOG.warn("Task {}: {}", spec.name(), e.getMessage());
      opened.setAside(String.valueOf(e.getMessage()));
      return newState(opened, slots);
    }
  }

  private TaskState newState(StateDirectory opened, Slots slots) {
    return new TaskState(
        spec.name(),
        opened,
        spec.stores(),
        slots,
        new TaskState.Surroundings(
            worker.engines(),
            cache,
            sweepPace,
            worker.holdingLimits(),
            worker.background().applier(),
            worker.background().readers(),
            worker.ticker(),
            worker.clock()));
  }

  private Block.Opening checked(Block.Opening opening) {
    if (opening.partitions() != spec.partitions() || opening.tasks() != spec.tasks()) {
      throw new ConfigException(
          "TM-1011",
          String.format(
              "the job's state was begun with %d input partitions for %d tasks, and its inputs now have"
                  + " %d for %d. Start the job from a savepoint to divide it anew, or"
                  + " restore the partition count",
              opening.partitions(), opening.tasks(), spec.partitions(), spec.tasks()));
    }
    return opening;
  }
}
