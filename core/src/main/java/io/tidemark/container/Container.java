package io.tidemark.container;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.SnapshotRestorer;
import io.tidemark.checkpoint.SnapshotSettings;
import io.tidemark.checkpoint.SnapshotTaker;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.config.CheckpointSettings;
import io.tidemark.config.ErrorPolicy;
import io.tidemark.config.JobSettings;
import io.tidemark.config.Plugins;
import io.tidemark.config.Serdes;
import io.tidemark.config.StoreDefinition;
import io.tidemark.config.StoreSource;
import io.tidemark.config.StreamDefinition;
import io.tidemark.config.TaskSettings;
import io.tidemark.journal.Guarantee;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalFactory;
import io.tidemark.journal.JournalReader;
import io.tidemark.runtime.BroadcastTable;
import io.tidemark.runtime.BroadcastTables;
import io.tidemark.runtime.CutPoint;
import io.tidemark.runtime.Requests;
import io.tidemark.runtime.SnapshotSource;
import io.tidemark.runtime.TaskEvents;
import io.tidemark.runtime.Worker;
import io.tidemark.runtime.WorkerSpec;
import io.tidemark.runtime.WorkerSpec.AsyncLimits;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.TaskState.HoldingLimits;
import io.tidemark.system.StreamSystem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One process's share of a job: its systems, engines and workers, made from the configuration. Does
 * not start threads for workers; whoever has it runs them. Confined to one thread but for the
 * workers.
 */
final class Container implements AutoCloseable {
  private static final long MIN_APPLY_BYTES = 256L << 10;
  private static final long MAX_APPLY_BYTES = 16L << 20;
  private static final long APPLY_MS = 10_000;
  private static final int THREADS = Runtime.getRuntime().availableProcessors();

  /**
   * How many tasks are restored or closed at a time. Most of it is waiting, for the disk to have
   * what an engine begins with and for answers; what needs processors is done by {@link #THREADS}
   * at a time.
   */
  private static final int RESTORERS = Math.max(8, THREADS);

  private final Setup setup;
  private final JobSettings settings;
  private final Serdes serdes;
  private final StateMemory memory;
  private final Requests requests = new Requests();
  private final OpenSystems openSystems;
  private final Map<String, StreamSystem> systems = new LinkedHashMap<>();
  private final Map<String, EngineFactory> engines = new LinkedHashMap<>();
  private final Map<String, EngineFactory> formerEngines = new ConcurrentHashMap<>();
  private final List<Worker> workers = new ArrayList<>();
  private final BroadcastTables tables;
  private final Timeline timeline;
  private final JobGraph graph;
  private final TaskSpecs specs;
  private final @Nullable Snapshots snapshots;
  private final CutFailures events = new CutFailures();
  private final List<ExecutorService> background = new ArrayList<>();
  private final Executor restorers;

  /**
   * What a container is made from.
   *
   * @param config the job's configuration
   * @param code makes the tasks
   * @param systems systems that are given rather than opened, by name
   * @param membership its place in the job
   * @param untilEnd whether to stop at what the inputs hold at the start
   * @param ticker milliseconds that never go back
   * @param clock milliseconds since 1970
   * @param idleMs how long a worker waits for records when there is nothing else to do
   * @param prompt whether workers commit what comes after a pause before its interval is over
   * @param background what is done beside the workers, by its name; null for threads of its own.
   *     Workers wait for {@code state} and {@code prefetch}, and snapshots for {@code upload} and
   *     {@code download}: in one thread these run at once
   */
  record Setup(
      Config config,
      TaskSuppliers code,
      Map<String, StreamSystem> systems,
      Membership membership,
      boolean untilEnd,
      LongSupplier ticker,
      LongSupplier clock,
      long idleMs,
      boolean prompt,
      @Nullable Function<String, Executor> background) {}

  /**
   * Opens systems, looks at the inputs, creates what is missing and makes the workers.
   *
   * @throws ConfigException if the configuration does not fit what is there
   */
  Container(Setup setup) {
    this.setup = setup;
    this.settings = setup.code.settings(setup.config);
    this.serdes = new Serdes(setup.config);
    this.openSystems = new OpenSystems(settings, setup.systems);
    this.memory =
        StateMemory.of(settings.container().stateMemoryBytes(), Runtime.getRuntime().maxMemory());
    this.restorers = background("restore", RESTORERS);
    try {
      openEngines(); // what they need is prepared while systems are asked
      openSystems();
      tables = broadcastTables();
      timeline = timeline();
      graph = JobGraph.of(settings, timeline);
      createJournal();
      specs = new TaskSpecs(settings, serdes, setup.code, graph, tables.tables());
      StoredSnapshots stored = storedSnapshots();
      snapshots = stored == null ? null : snapshots(stored);
      makeWorkers(stored == null ? SnapshotSource.NONE : stored);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  List<Worker> workers() {
    return workers;
  }

  /** How a task of the job is made. */
  TaskSpecs specs() {
    return specs;
  }

  /** Takes the tasks' snapshots; null if none are taken. */
  @Nullable Snapshots snapshots() {
    return snapshots;
  }

  /** Remembers the newest checkpoint that a task did not agree to. Any thread may call it. */
  private static final class CutFailures implements TaskEvents {
    private final AtomicLong newest = new AtomicLong();

    @Override
    public void cut(CutPoint cut) {
      cut.goOn().run(); // nobody takes snapshots here
    }

    @Override
    public void cutFailed(TaskName task, long generation, long checkpoint, String why) {
      newest.accumulateAndGet(checkpoint, Math::max);
    }
  }

  /** Whether a task did not agree to a checkpoint. */
  boolean hasRefusedCut(long checkpoint) {
    return events.newest.get() == checkpoint;
  }

  /** The stores that all workers share; whoever runs those feeds them, before and meanwhile. */
  BroadcastTables tables() {
    return tables;
  }

  /** Whether tasks read what tasks of this job write. */
  boolean joinsStages() {
    return settings.streams().values().stream().anyMatch(StreamDefinition::intermediate);
  }

  Requests requests() {
    return requests;
  }

  JobSettings settings() {
    return settings;
  }

  /**
   * What other processes may ask about. Call it when all workers are made.
   *
   * @param placement the number of the container that has a task at the moment; -1 if none has
   */
  ServedContainer served(ToIntFunction<TaskName> placement) {
    return new ContainerView(
        settings.withoutBroadcastStores(),
        setup.membership.number(),
        graph,
        placement,
        List.copyOf(workers),
        new PartitioningKeys(settings.stores().values(), serdes));
  }

  private void openSystems() {
    for (String name : settings.systems().keySet()) {
      systems.put(name, openSystems.get(name));
    }
  }

  private void openEngines() {
    for (StoreDefinition store : settings.stores().values()) {
      engines.computeIfAbsent(
          store.factory(),
          type -> {
            EngineFactory factory =
                Plugins.find(
                    EngineFactory.class,
                    EngineFactory::type,
                    "stores." + store.name() + ".factory",
                    type);
            factory.limitMemory(memory.engineBytes());
            restorers.execute(factory::prepare);
            return factory;
          });
    }
  }

  private BroadcastTables broadcastTables() {
    List<BroadcastTable.Spec> specs =
        settings.stores().values().stream()
            .filter(StoreDefinition::isBroadcast)
            .map(this::table)
            .toList();
    return new BroadcastTables(
        settings.stateDirectory(), settings.job(), setup.membership.number(), specs, setup.ticker);
  }

  private BroadcastTable.Spec table(StoreDefinition store) {
    StoreSource source = Objects.requireNonNull(store.source());
    return new BroadcastTable.Spec(
        store.name(),
        Objects.requireNonNull(engines.get(store.factory())),
        store.properties(),
        source.stream(),
        Objects.requireNonNull(systems.get(source.stream().getSystem())),
        TaskSpecs.keySerde(store, serdes),
        TaskSpecs.valueSerde(store, serdes),
        store.maxValueBytes(),
        settings.stream(source.stream()).onError() == ErrorPolicy.SKIP,
        source.waitMs(),
        source.onTimeout() == StoreSource.OnTimeout.PROCEED);
  }

  private Timeline timeline() {
    Timeline known = setup.membership.timeline();
    return known != null
        ? known
        : new Timeline(1, settings.journal(), JobGraph.of(settings, systems).plan(), List.of());
  }

  private void createJournal() {
    try (Journal journal = journals().journal(timeline.journal())) {
      int partitions = journal.create(timeline.tasks());
      if (partitions != timeline.tasks()) {
        throw new ConfigException(
            "TM-1011",
            String.format(
                "the job's journal %s was begun for %d tasks, and the job now has %d. Start the job from a"
                    + " checkpoint or savepoint to divide it anew, or under a new job.id; or restore the"
                    + " inputs' partitions",
                timeline.journal(), partitions, timeline.tasks()));
      }
    }
  }

  private JournalFactory journals() {
    StreamSystem system = systems.get(settings.journalSystem());
    if (system instanceof JournalFactory journals) {
      return journals;
    }
    throw new ConfigException(
        "TM-1014",
        "the system "
            + settings.journalSystem()
            + " cannot hold journals; set job.journal.system to one that can, such as a Kafka cluster");
  }

  private @Nullable StoredSnapshots storedSnapshots() {
    Membership.Checkpoints checkpoints = setup.membership.checkpoints();
    if (checkpoints == null) {
      return null;
    }
    SnapshotRestorer restorer =
        new SnapshotRestorer(
            checkpoints.blobs(),
            background("download", 2 * THREADS),
            2 * THREADS,
            System::nanoTime);
    return new StoredSnapshots(
        new StoredSnapshots.Setup(
            new Catalog(checkpoints.blobs()),
            restorer,
            settings.checkpoint().onVerificationFailure(),
            timeline.number(),
            specs::task,
            this::engine,
            this::compareOffsets,
            checkpoints.restoreFrom()));
  }

  private int compareOffsets(SystemStreamPartition input, String left, String right) {
    StreamSystem system = Objects.requireNonNull(systems.get(input.getSystem()));
    return system.admin().compareOffsets(left, right);
  }

  /** An engine that the configuration names, or only a checkpoint. Any thread may call it. */
  private EngineFactory engine(String type) {
    EngineFactory known = engines.get(type);
    return known != null
        ? known
        : formerEngines.computeIfAbsent(
            type,
            former ->
                Plugins.find(
                    EngineFactory.class, EngineFactory::type, "stores.<store>.factory", former));
  }

  private Snapshots snapshots(StoredSnapshots stored) {
    CheckpointSettings checkpoint = settings.checkpoint();
    Membership.Checkpoints checkpoints = Objects.requireNonNull(setup.membership.checkpoints());
    SnapshotSettings usual = SnapshotSettings.DEFAULT;
    SnapshotTaker taker =
        new SnapshotTaker(
            new SnapshotSettings(
                checkpoint.uploadThreads(),
                checkpoint.uploadBytesPerSecond(),
                usual.smallFileBytes(),
                usual.tailBytes(),
                usual.tailSegments(),
                checkpoint.digest()),
            checkpoints.blobs(),
            background("upload", checkpoint.uploadThreads()),
            System::nanoTime,
            LockSupport::parkNanos);
    return new Snapshots(
        new Snapshots.Setup(
            taker,
            stored,
            timeline.number(),
            specs::task,
            Map.copyOf(engines),
            this::journalReader,
            settings.stateDirectory().resolve(settings.job()).resolve("snapshots"),
            background("freeze", THREADS),
            background("snapshot", checkpoint.uploadThreads())));
  }

  /** A reader of the job's journal, of a connection of its own. */
  private JournalReader journalReader() {
    return journals().journal(timeline.journal()).reader();
  }

  private void makeWorkers(SnapshotSource source) {
    OutputStreams outputs = new OutputStreams(settings, serdes, systems, graph);
    outputs.createIntermediateStreams();
    outputs.createDeadLetters();
    WorkerSpec.Background background =
        new WorkerSpec.Background(
            background("state", 1),
            background("prefetch", THREADS),
            restorers,
            new Semaphore(THREADS, true));
    int count = Math.min(settings.container().workers(), timeline.tasks());
    for (int worker = 0; worker < count; worker++) {
      workers.add(new Worker(workerSpec(worker, count, outputs, background, source), requests));
    }
  }

  private Executor background(String name, int threads) {
    if (setup.background != null) {
      return setup.background.apply(name);
    }
    ExecutorService created =
        Executors.newFixedThreadPool(
            threads,
            runnable -> {
              Thread thread = new Thread(runnable, settings.job() + "-" + name);
              thread.setDaemon(true);
              return thread;
            });
    background.add(created);
    return created;
  }

  private WorkerSpec workerSpec(
      int worker,
      int workers,
      OutputStreams outputs,
      WorkerSpec.Background background,
      SnapshotSource source) {
    TaskSettings task = settings.task();
    long applyBytes =
        Math.min(
            MAX_APPLY_BYTES, Math.max(MIN_APPLY_BYTES, memory.heldBytes() / 4 / timeline.tasks()));
    return new WorkerSpec(
        setup.membership.writer(settings.job(), worker),
        settings.job(),
        systems,
        settings.journalSystem(),
        timeline,
        task.exactlyOnce() ? Guarantee.EXACTLY_ONCE : Guarantee.AT_LEAST_ONCE,
        outputs::spec,
        engines,
        settings.stateDirectory(),
        memory.cacheBytes() / workers,
        new HoldingLimits(applyBytes, APPLY_MS, 4 * applyBytes),
        background,
        source,
        snapshots == null ? events : snapshots,
        new WorkerSpec.Pace(
            task.commitMs(),
            task.commitMaxBytes(),
            task.windowMs(),
            setup.idleMs,
            task.shutdownMs(),
            setup.prompt),
        new AsyncLimits(task.maxConcurrency(), task.callbackTimeoutMs()),
        setup.untilEnd,
        setup.ticker,
        setup.clock);
  }

  /** Frees everything; the workers are closed by whoever runs them. */
  @Override
  public void close() {
    if (snapshots != null) {
      snapshots.close();
    }
    background.forEach(ExecutorService::shutdown);
    engines.values().forEach(EngineFactory::close);
    engines.clear();
    formerEngines.values().forEach(EngineFactory::close);
    formerEngines.clear();
    openSystems.close();
    systems.clear();
  }
}
