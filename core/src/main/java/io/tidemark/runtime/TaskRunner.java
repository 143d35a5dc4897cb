package io.tidemark.runtime;

import io.tidemark.api.AsyncStreamTask;
import io.tidemark.api.CheckpointListener;
import io.tidemark.api.ClosableTask;
import io.tidemark.api.ConfigException;
import io.tidemark.api.Context;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.ReadOnlyKeyValueStore;
import io.tidemark.api.StateException;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskContext;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.TaskName;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockBuilder;
import io.tidemark.journal.BlockBuilder.EncodedBlock;
import io.tidemark.journal.BlockEncoder;
import io.tidemark.journal.JournalReader;
import io.tidemark.state.FedStore;
import io.tidemark.state.StateDirectory;
import io.tidemark.state.TaskState;
import io.tidemark.system.Failpoint;
import io.tidemark.system.RecordBatch;
import io.tidemark.system.SystemAdmin;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One task: the user's object, its state, its journal, and how far it has read.
 *
 * <p>Invariant: between two records, state and positions are those of one moment; a block takes
 * both. Confined to the worker, except for {@link #coordinator}'s requests. Whoever opened state
 * and directory closes them.
 */
final class TaskRunner {
  private static final Logger LOG = LoggerFactory.getLogger(TaskRunner.class);

  private final TaskName name;
  private final Object code;
  private final TaskJournal journal;
  private final TaskState state;
  private final StateDirectory directory;
  private final Map<SystemStreamPartition, Input> inputs = new LinkedHashMap<>();
  private final Map<String, FedStore<?, ?>> fedStores = new LinkedHashMap<>();
  private final Processing processing;
  private final Coordinator coordinator;
  private final RestoredTask restored;
  private final TaskEvents events;
  private final Stamp stamp;
  private long changesCommitted;
  private final Share share;
  private long records;
  private long recordsInBlock;
  private long recordsCommitted;
  private long toldBefore;
  private long cutFailed;
  private long trimmed;
  private boolean releasing;
  private boolean giveUpFlights;
  private boolean released;
  private boolean paused;
  private boolean initialised;
  private @Nullable TaskReport reported;

  /** What a runner is made of. */
  record Parts(
      RestoredTask restored,
      Outputs outputs,
      Requests requests,
      WorkerCounters counters,
      WorkerSpec worker) {}

  TaskRunner(Parts parts) {
    restored = parts.restored;
    name = restored.spec.name();
    code = restored.spec.code().get();
    journal = restored.journal;
    state = restored.state;
    directory = restored.directory;
    events = parts.worker.events();
    share = Share.of(restored.spec);
    stamp = new Stamp(parts.worker.timeline().number(), journal.lastCut());
    coordinator = new Coordinator(parts.requests);
    restored
        .spec
        .inputs()
        .forEach(
            (partition, input) ->
                inputs.put(
                    partition,
                    new Input(
                        partition,
                        input,
                        feed(input),
                        repeats(partition, parts.worker),
                        Objects.requireNonNull(restored.positions.get(partition)))));
    restored.spec.tables().forEach(this::addTable);
    processing = processing(parts);
  }

  @SuppressWarnings("unchecked") // the input's serdes are those of the store
  private @Nullable SourceFeed feed(InputSpec input) {
    if (input.feeding() == null) {
      return null;
    }
    String store = input.feeding().store();
    var fed =
        (KeyValueStore<Object, Object>)
            Objects.requireNonNull(state.store(store), () -> "the store " + store);
    fedStores.put(store, new FedStore<>(fed, store, input.stream().toString()));
    return new SourceFeed(input, fed);
  }

  private @Nullable Repeats repeats(SystemStreamPartition input, WorkerSpec worker) {
    SystemAdmin admin = worker.system(input.getSystem()).admin();
    return Repeats.of(worker.timeline(), name, input, admin::compareOffsets);
  }

  private void addTable(TableSpec table) {
    BroadcastTable shared = table.table();
    fedStores.put(
        shared.store(),
        new FedStore<>(
            state.view(shared, table.keySerde(), table.valueSerde()),
            shared.store(),
            shared.source().toString()));
  }

  private Processing processing(Parts parts) {
    Outputs outputs = parts.outputs.of(stamp);
    Rejections rejections = new Rejections(name, parts.counters);
    Gate gate = new Gate(parts.worker.timeline(), stamp, share, parts.counters);
    if (code instanceof AsyncStreamTask async) {
      return new AsyncProcessing(
          async,
          state,
          outputs,
          coordinator,
          coordinator::isAsking,
          rejections,
          gate,
          parts.worker.asyncLimits(),
          parts.worker.ticker());
    }
    return new SyncProcessing(
        (StreamTask) code, state, outputs, coordinator, coordinator::isAsking, rejections, gate);
  }

  /** The task's requests. Any thread may make them. */
  private static final class Coordinator implements TaskCoordinator {
    private final Requests container;
    private volatile boolean commit;
    private volatile boolean shutdown;
    private volatile boolean asking;

    Coordinator(Requests container) {
      this.container = container;
    }

    @Override
    public void commit(RequestScope scope) {
      if (scope == RequestScope.CURRENT_TASK) {
        commit = true;
      } else {
        container.commit();
      }
      asking = true;
    }

    @Override
    public void shutdown(RequestScope scope) {
      if (scope == RequestScope.CURRENT_TASK) {
        shutdown = true;
      } else {
        container.finishTasks();
      }
      asking = true;
    }

    @Override
    public void checkpoint() {
      container.checkpoint();
    }

    /** Whether a request wants to be looked at before the next record. */
    boolean isAsking() {
      return asking || container.isShutdown();
    }

    boolean takeCommitRequest() {
      asking = false;
      boolean requested = commit;
      if (requested) {
        commit = false;
      }
      return requested;
    }
  }

  private final class OwnContext implements TaskContext {
    @Override
    public TaskName getTaskName() {
      return name;
    }

    @Override
    public Set<SystemStreamPartition> getSystemStreamPartitions() {
      return inputs.keySet().stream()
          .filter(partition -> !isSource(partition))
          .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    @SuppressWarnings("unchecked") // the caller knows the serdes that it configured
    public <S extends ReadOnlyKeyValueStore<?, ?>> S getStore(String store) {
      ReadOnlyKeyValueStore<?, ?> found = TaskRunner.this.store(store);
      if (found == null) {
        throw new ConfigException(
            "TM-1013",
            String.format(
                "task %s asks for a store %s, which the configuration does not name; it names %s. Set"
                    + " stores.%s.factory and its serdes",
                name, store, state.storeNames(), store));
      }
      return (S) found;
    }
  }

  TaskName name() {
    return name;
  }

  TaskState state() {
    return state;
  }

  int journalPartition() {
    return journal.partition();
  }

  Iterable<Input> inputs() {
    return inputs.values();
  }

  /** Which records of its inputs are its own. */
  Share share() {
    return share;
  }

  /** Whether a partition that the task reads feeds a store. */
  boolean isSource(SystemStreamPartition partition) {
    return Objects.requireNonNull(inputs.get(partition)).feed() != null;
  }

  /** A store, as the task sees it; null if it has none of that name. */
  @Nullable ReadOnlyKeyValueStore<?, ?> store(String store) {
    FedStore<?, ?> fed = fedStores.get(store);
    return fed != null ? fed : state.store(store);
  }

  void init(Function<TaskContext, Context> contexts) {
    initialised = true;
    Context context = contexts.apply(new OwnContext());
    if (code instanceof InitableTask initable) {
      try {
        initable.init(context);
      } catch (Exception e) {
        throw TaskFailedException.of("TM-4004", "task " + name + " failed in init: " + e, e);
      }
    }
  }

  void enqueue(RecordBatch batch) {
    processing.enqueue(Objects.requireNonNull(inputs.get(batch.partition())), batch);
  }

  Processing processing() {
    return processing;
  }

  /** The number of the last cut that the task has made; 0 if it has made none. */
  long lastCut() {
    return stamp.cut();
  }

  /** Whether the task gets no more records: it asked to end, or is given up. */
  boolean isDone() {
    return coordinator.shutdown || coordinator.container.areTasksFinished() || releasing;
  }

  /** Whether the task was told that it begins. */
  boolean isInitialised() {
    return initialised;
  }

  /**
   * Whether the journal is to be trimmed up to a position: it is told again and again, and trimmed
   * once. What fails is made up for when the position has moved on.
   */
  boolean trimsTo(long position) {
    boolean isNews = position > trimmed;
    trimmed = Math.max(trimmed, position);
    return isNews;
  }

  /** From here on the task gets no more records, and its next block gives it up. */
  void release() {
    releasing = true;
  }

  boolean isReleasing() {
    return releasing;
  }

  /** What is in flight has had its time; the task's next owner processes it again. */
  void giveUpFlights() {
    giveUpFlights = true;
  }

  /** Whether the block that gives the task up is committed. */
  boolean isReleased() {
    return released && journal.isConfirmed();
  }

  /** Whether nothing keeps the next block from giving the task up. */
  boolean isReleasedByNextBlock() {
    return releasing && (giveUpFlights || !processing.isInFlight());
  }

  /** Notes how many records were processed. */
  void processed(int more) {
    records += more;
  }

  /** The cut that the task has to make before its next record; 0 if none has. */
  long awaitedCut() {
    return processing.awaitedCut();
  }

  /** How the task is. */
  TaskReport report(TaskReport.Phase phase) {
    TaskReport last = reported;
    long commit = journal.confirmedNumber();
    if (last == null || last.phase() != phase || last.commit() != commit) {
      last =
          new TaskReport(
              journal.generation(),
              phase,
              commit,
              changesCommitted,
              recordsCommitted,
              0,
              null,
              null,
              null);
      reported = last;
    }
    return last;
  }

  /** Whether the task asked for a commit since the last call. */
  boolean takeCommitRequest() {
    return coordinator.takeCommitRequest();
  }

  boolean isPaused() {
    return paused;
  }

  void setPaused(boolean paused) {
    this.paused = paused;
  }

  /** Something done with the task or its state. */
  interface Step {
    void take();
  }

  /** As {@link #guard(IntSupplier)}, without a result. */
  void guard(Step step) {
    guard(
        () -> {
          step.take();
          return 0;
        });
  }

  /** Takes a step; if the local state turns out damaged, notes that for the next start. */
  int guard(IntSupplier step) {
    try {
      return step.getAsInt();
    } catch (RuntimeException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof StateException state && state.code().equals(StateException.DAMAGED)) {
          directory.markDamaged(String.valueOf(state.getMessage()));
        }
      }
      throw e;
    }
  }

  /**
   * Whether a commit has anything to say of the task.
   *
   * @param cut the newest cut that it should have made
   */
  boolean isBlockDue(long cut) {
    return !released
        && (processing.hasUncommitted() || cut > stamp.cut() || isReleasedByNextBlock());
  }

  /** How far each input was processed. */
  Map<SystemStreamPartition, String> positions() {
    Map<SystemStreamPartition, String> positions = new LinkedHashMap<>();
    inputs.forEach((partition, input) -> positions.put(partition, input.position()));
    return positions;
  }

  /**
   * Puts all that changed since the last block into a block.
   *
   * @param builder the worker's, which is not in use
   * @param cut the newest cut; the block carries it unless the task has made it
   */
  EncodedBlock buildBlock(String writer, BlockBuilder builder, BlockEncoder encoder, long cut) {
    boolean cuts = cut > stamp.cut();
    if (cuts) {
      Failpoint.pass("cut.before-block");
      tellBefore(cut);
    }
    released = isReleasedByNextBlock();
    Block.Marks marks = new Block.Marks(cuts ? cut : 0, cuts ? cut : stamp.cut(), released);
    BlockBuilder block =
        journal.next(builder, writer, state.now()).positions(positions()).marks(marks);
    state.writeChanges(block, journal.number() + 1);
    EncodedBlock built = block.build(encoder);
    state.built(built.block());
    journal.appended(built.block());
    processing.committed();
    recordsInBlock = records;
    if (cuts) {
      stamp.cut(cut);
    }
    return built;
  }

  private void tellBefore(long checkpoint) {
    if (initialised && code instanceof CheckpointListener listener) {
      toldBefore = checkpoint;
      try {
        listener.beforeCheckpoint(checkpoint);
      } catch (Exception e) {
        cutFailed = checkpoint;
        String why = "beforeCheckpoint of task " + name + " failed: " + e + ". Correct the task";
        LOG.warn("Checkpoint {} fails: {}", checkpoint, why, e);
        events.cutFailed(name, journal.generation(), checkpoint, why);
      }
      state.closeIterators();
    }
  }

  /** A checkpoint has ended; tells the task if it was told that it began. */
  void checkpointEnded(long checkpoint, boolean completed) {
    if (toldBefore == checkpoint
        && checkpoint != 0
        && code instanceof CheckpointListener listener) {
      toldBefore = 0;
      try {
        listener.afterCheckpoint(checkpoint, completed);
      } catch (Exception e) {
        LOG.warn("afterCheckpoint of task {} failed for checkpoint {}", name, checkpoint, e);
      }
      state.closeIterators();
    }
  }

  /** The block is committed, and begins at that place of the journal. */
  void committed(Block block, long place) {
    journal.confirmed(block.number(), place);
    state.committed(block, place);
    changesCommitted += block.changeBytes();
    recordsCommitted = recordsInBlock;
  }

  /** Tells of the cut that a committed block carries, if it does and the task agrees to it. */
  void tellOfCut(Block block, long place) {
    long cut = block.marks().cut();
    if (cut != 0 && cut != cutFailed) {
      Failpoint.pass("cut.confirmed");
      long commit = block.number();
      state.holdAt(commit);
      events.cut(
          new CutPoint(
              name,
              block.generation(),
              cut,
              block.number(),
              place,
              block.journalId(),
              block.timeMs(),
              block.positions(),
              restored.remembered(),
              restored.opening.tasks(),
              restored.opening.partitions(),
              restored.opening.slots(),
              state.engines(),
              () -> state.goOn(commit)));
    }
  }

  /** Whether another worker has taken possession of the task. */
  boolean hasSuccessor(JournalReader reader) {
    return journal.hasSuccessor(reader);
  }

  /** Tells the user's object that the task ends, if it was told that it begins. */
  void end() {
    if (initialised && code instanceof ClosableTask closable) {
      try {
        closable.close();
      } catch (Exception e) {
        throw TaskFailedException.of("TM-4005", "task " + name + " failed in close: " + e, e);
      }
    }
  }
}
