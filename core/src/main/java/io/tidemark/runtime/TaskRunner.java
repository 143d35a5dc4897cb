package io.tidemark.runtime;

import io.tidemark.api.AsyncStreamTask;
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
import io.tidemark.system.RecordBatch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One task: the user's object, its state, its journal, and how far it has read.
 *
 * <p>Invariant: between two records, state and positions are those of one moment; a block takes
 * both. Confined to the worker, except for {@link #coordinator}'s requests. Whoever opened state
 * and directory closes them.
 */
final class TaskRunner {
  private final TaskName name;
  private final Object code;
  private final TaskJournal journal;
  private final TaskState state;
  private final StateDirectory directory;
  private final Map<SystemStreamPartition, Input> inputs = new LinkedHashMap<>();
  private final Map<String, FedStore<?, ?>> fedStores = new LinkedHashMap<>();
  private final Processing processing;
  private final Coordinator coordinator;
  private boolean paused;
  private boolean initialised;

  /** What a runner is made of. */
  record Parts(
      TaskSpec spec,
      TaskJournal journal,
      TaskState state,
      StateDirectory directory,
      Map<SystemStreamPartition, String> positions,
      Outputs outputs,
      Requests requests,
      Rejections rejections,
      WorkerSpec.AsyncLimits asyncLimits,
      LongSupplier ticker) {}

  TaskRunner(Parts parts) {
    name = parts.spec.name();
    code = parts.spec.code().get();
    journal = parts.journal;
    state = parts.state;
    directory = parts.directory;
    coordinator = new Coordinator(parts.requests);
    parts
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
                        Objects.requireNonNull(parts.positions.get(partition)))));
    parts.spec.tables().forEach(this::addTable);
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
    if (code instanceof AsyncStreamTask async) {
      return new AsyncProcessing(
          async,
          state,
          parts.outputs,
          coordinator,
          coordinator::isAsking,
          parts.rejections,
          parts.asyncLimits,
          parts.ticker);
    }
    return new SyncProcessing(
        (StreamTask) code,
        state,
        parts.outputs,
        coordinator,
        coordinator::isAsking,
        parts.rejections);
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
        container.shutdown();
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

  StateDirectory directory() {
    return directory;
  }

  int journalPartition() {
    return journal.partition();
  }

  Iterable<Input> inputs() {
    return inputs.values();
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

  /** Whether the task asked to end, and gets no more records. */
  boolean isDone() {
    return coordinator.shutdown;
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

  /** Whether a commit would have anything to say. */
  boolean hasUncommitted() {
    return processing.hasUncommitted();
  }

  /** How far each input was processed. */
  Map<SystemStreamPartition, String> positions() {
    Map<SystemStreamPartition, String> positions = new LinkedHashMap<>();
    inputs.forEach((partition, input) -> positions.put(partition, input.position()));
    return positions;
  }

  /** Puts all that changed since the last block into a block. */
  EncodedBlock buildBlock(String writer, BlockEncoder encoder) {
    BlockBuilder block = journal.next(writer, state.now()).positions(positions());
    state.writeChanges(block, journal.number() + 1);
    EncodedBlock built = block.build(encoder);
    journal.appended(built.block());
    processing.committed();
    return built;
  }

  /** The block is committed, and begins at that place of the journal. */
  void committed(Block block, long place) {
    journal.confirmed(place);
    state.committed(block, place);
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
