package io.tidemark.container;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.Partition;
import io.tidemark.api.PartitioningKey;
import io.tidemark.api.Serde;
import io.tidemark.api.SystemStream;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.api.ValueMigration;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.config.ErrorPolicy;
import io.tidemark.config.JobSettings;
import io.tidemark.config.OffsetDefault;
import io.tidemark.config.Plugins;
import io.tidemark.config.Serdes;
import io.tidemark.config.StoreCache;
import io.tidemark.config.StoreDefinition;
import io.tidemark.config.StoreMigrate;
import io.tidemark.config.StoreScope;
import io.tidemark.config.StoreSource;
import io.tidemark.config.StreamDefinition;
import io.tidemark.config.SystemDefinition;
import io.tidemark.config.TaskSettings;
import io.tidemark.container.JobGraph.PlacedTask;
import io.tidemark.journal.Guarantee;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalFactory;
import io.tidemark.runtime.BroadcastTable;
import io.tidemark.runtime.BroadcastTables;
import io.tidemark.runtime.CutPoint;
import io.tidemark.runtime.InputSpec;
import io.tidemark.runtime.Requests;
import io.tidemark.runtime.SnapshotSource;
import io.tidemark.runtime.TableSpec;
import io.tidemark.runtime.TaskEvents;
import io.tidemark.runtime.TaskSpec;
import io.tidemark.runtime.Worker;
import io.tidemark.runtime.WorkerSpec;
import io.tidemark.runtime.WorkerSpec.AsyncLimits;
import io.tidemark.state.CacheMode;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.Migrations;
import io.tidemark.state.Slots;
import io.tidemark.state.StoreSpec;
import io.tidemark.state.TaskState.HoldingLimits;
import io.tidemark.system.StreamSystem;
import io.tidemark.system.SystemFactory;
import io.tidemark.system.SystemSettings;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One process's share of a job: its systems, engines and workers, made from the configuration. Does
 * not start threads for workers; whoever has it runs them. Confined to one thread but for the
 * workers.
 */
final class Container implements AutoCloseable {
  private static final long MIN_APPLY_BYTES = 256L << 10;
  private static final long MAX_APPLY_BYTES = 16L << 20;
  private static final long APPLY_MS = 2_000;

  private final Setup setup;
  private final JobSettings settings;
  private final Serdes serdes;
  private final StateMemory memory;
  private final Requests requests = new Requests();
  private final Map<String, StreamSystem> systems = new LinkedHashMap<>();
  private final Map<String, EngineFactory> engines = new LinkedHashMap<>();
  private final List<Worker> workers = new ArrayList<>();
  private final Map<Worker, List<TaskSpec>> tasksOfWorkers = new IdentityHashMap<>();
  private final List<ServedContainer.PlacedTask> allTasks = new ArrayList<>();
  private final BroadcastTables tables;
  private final CutFailures events = new CutFailures();
  private final List<ExecutorService> background = new ArrayList<>();

  /**
   * What a container is made from.
   *
   * @param config the job's configuration
   * @param code makes the tasks; null if configuration names their class
   * @param systems systems that are given rather than opened, by name
   * @param container its number, from 0
   * @param containers how many there are
   * @param untilEnd whether to stop at what the inputs hold at the start
   * @param ticker milliseconds that never go back
   * @param clock milliseconds since 1970
   * @param idleMs how long a worker waits for records when there is nothing else to do
   * @param background what engines apply and keys are loaded on; null for threads of its own
   */
  record Setup(
      Config config,
      @Nullable Supplier<?> code,
      Map<String, StreamSystem> systems,
      int container,
      int containers,
      boolean untilEnd,
      LongSupplier ticker,
      LongSupplier clock,
      long idleMs,
      @Nullable Executor background) {}

  /**
   * Opens systems, looks at the inputs, creates what is missing and makes the workers.
   *
   * @throws ConfigException if the configuration does not fit what is there
   */
  Container(Setup setup) {
    this.setup = setup;
    this.settings =
        setup.code == null
            ? JobSettings.parseWithTaskClass(setup.config)
            : JobSettings.parse(setup.config);
    this.serdes = new Serdes(setup.config);
    this.memory =
        StateMemory.of(settings.container().stateMemoryBytes(), Runtime.getRuntime().maxMemory());
    try {
      openSystems();
      openEngines();
      tables = broadcastTables();
      makeWorkers();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  List<Worker> workers() {
    return workers;
  }

  /** Remembers the newest checkpoint that a task did not agree to. Any thread may call it. */
  private static final class CutFailures implements TaskEvents {
    private final AtomicLong newest = new AtomicLong();

    @Override
    public void cut(CutPoint cut) {
      // Nobody takes snapshots here.
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

  /** The tasks that a worker is to run. */
  List<TaskSpec> tasksOf(Worker worker) {
    return Objects.requireNonNull(tasksOfWorkers.get(worker));
  }

  /** The stores that all workers share; whoever runs those feeds them, before and meanwhile. */
  BroadcastTables tables() {
    return tables;
  }

  Requests requests() {
    return requests;
  }

  JobSettings settings() {
    return settings;
  }

  /** What other processes may ask about. Call it when all workers are made. */
  ServedContainer served() {
    return new ContainerView(
        settings.withoutBroadcastStores(),
        setup.container,
        setup.containers,
        List.copyOf(allTasks),
        List.copyOf(workers),
        new PartitioningKeys(settings.stores().values(), serdes));
  }

  private void openSystems() {
    for (SystemDefinition definition : settings.systems().values()) {
      StreamSystem given = setup.systems.get(definition.name());
      systems.put(definition.name(), given != null ? given : openSystem(definition));
    }
  }

  private StreamSystem openSystem(SystemDefinition definition) {
    if (definition.factory().equals("memory")) {
      throw new ConfigException(
          "TM-1015",
          String.format(
              "the system %s is in memory, where only the program that embeds the job can reach it; give it"
                  + " with Job.Builder.system, or run the task in a TaskTester",
              definition.name()));
    }
    SystemFactory factory =
        Plugins.find(
            SystemFactory.class,
            SystemFactory::type,
            "systems." + definition.name() + ".factory",
            definition.factory());
    return factory.open(
        new SystemSettings(definition.name(), settings.job(), definition.properties()));
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
        settings.stateDirectory(), settings.job(), setup.container, specs, setup.ticker);
  }

  private BroadcastTable.Spec table(StoreDefinition store) {
    StoreSource source = Objects.requireNonNull(store.source());
    return new BroadcastTable.Spec(
        store.name(),
        Objects.requireNonNull(engines.get(store.factory())),
        store.properties(),
        source.stream(),
        Objects.requireNonNull(systems.get(source.stream().getSystem())),
        keySerde(store),
        valueSerde(store),
        store.maxValueBytes(),
        settings.stream(source.stream()).onError() == ErrorPolicy.SKIP,
        source.waitMs(),
        source.onTimeout() == StoreSource.OnTimeout.PROCEED);
  }

  private void makeWorkers() {
    JobGraph graph = JobGraph.of(settings, systems);
    int taskCount = graph.tasks().size();
    createJournal(taskCount);
    for (PlacedTask task : graph.tasks()) {
      allTasks.add(
          new ServedContainer.PlacedTask(
              new TaskName(task.stage().name(), task.partition()),
              task.stage().partitions(),
              JobGraph.containerOf(task, setup.containers)));
    }
    OutputStreams outputs = new OutputStreams(settings, serdes, systems, taskCount);
    outputs.createDeadLetters();
    List<PlacedTask> mine = graph.tasksOf(setup.container, setup.containers);
    WorkerSpec.Background background =
        new WorkerSpec.Background(
            background("state", 1),
            background("prefetch", Runtime.getRuntime().availableProcessors()),
            background("restore", Runtime.getRuntime().availableProcessors()));
    int count = workerCount(mine.size());
    for (int worker = 0; worker < count && !mine.isEmpty(); worker++) {
      List<TaskSpec> tasks = new ArrayList<>();
      for (int i = worker; i < mine.size(); i += count) {
        tasks.add(task(mine.get(i)));
      }
      Worker made = new Worker(workerSpec(worker, outputs, background, mine.size()), requests);
      workers.add(made);
      tasksOfWorkers.put(made, tasks);
    }
  }

  private void createJournal(int tasks) {
    StreamSystem system = systems.get(settings.journalSystem());
    if (!(system instanceof JournalFactory journals)) {
      throw new ConfigException(
          "TM-1014",
          "the system "
              + settings.journalSystem()
              + " cannot hold journals; set job.journal.system to one that can, such as a Kafka cluster");
    }
    try (Journal journal = journals.journal(settings.journal())) {
      int partitions = journal.create(tasks);
      if (partitions != tasks) {
        throw new ConfigException(
            "TM-1011",
            String.format(
                "the job's journal %s was begun for %d tasks, and the job now has %d. State cannot be moved to"
                    + " other partitions yet; start under a new job.id, or restore the inputs' partitions",
                settings.journal(), partitions, tasks));
      }
    }
  }

  private Executor background(String name, int threads) {
    if (setup.background != null) {
      return setup.background;
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
      int worker, OutputStreams outputs, WorkerSpec.Background background, int tasksHere) {
    TaskSettings task = settings.task();
    long applyBytes =
        Math.min(MAX_APPLY_BYTES, Math.max(MIN_APPLY_BYTES, memory.heldBytes() / 4 / tasksHere));
    return new WorkerSpec(
        workerName(worker, tasksHere),
        settings.job(),
        systems,
        settings.journalSystem(),
        new Timeline(1, settings.journal(), List.of(), List.of()),
        task.exactlyOnce() ? Guarantee.EXACTLY_ONCE : Guarantee.AT_LEAST_ONCE,
        outputs::spec,
        engines,
        settings.stateDirectory(),
        memory.cacheBytes() / workerCount(tasksHere),
        new HoldingLimits(applyBytes, APPLY_MS, 4 * applyBytes),
        background,
        SnapshotSource.NONE,
        events,
        new WorkerSpec.Pace(
            task.commitMs(),
            task.commitMaxBytes(),
            task.windowMs(),
            setup.idleMs,
            task.shutdownMs()),
        new AsyncLimits(task.maxConcurrency(), task.callbackTimeoutMs()),
        setup.untilEnd,
        setup.ticker,
        setup.clock);
  }

  private int workerCount(int tasksHere) {
    return Math.min(settings.container().workers(), Math.max(1, tasksHere));
  }

  /**
   * What a worker is called in journals and transactions. The name tells how many containers and
   * workers share the tasks, from which follows who has which task. So whoever had a task before is
   * either this very worker, or one of another such layout; to fence that one never hits a worker
   * that was started just now.
   */
  private String workerName(int worker, int tasksHere) {
    return String.format(
        Locale.ROOT,
        "%s-c%dof%d-w%dof%d",
        settings.job(),
        setup.container,
        setup.containers,
        worker,
        workerCount(tasksHere));
  }

  private TaskSpec task(PlacedTask placed) {
    Map<SystemStreamPartition, InputSpec> inputs = new LinkedHashMap<>();
    for (StoreDefinition store : settings.stores().values()) {
      if (store.isFedByPartition()) {
        InputSpec source = source(store, Objects.requireNonNull(store.source()));
        inputs.put(
            new SystemStreamPartition(source.stream(), new Partition(placed.partition())), source);
      }
    }
    for (SystemStream stream : placed.stage().inputs()) {
      inputs.put(
          new SystemStreamPartition(stream, new Partition(placed.partition())), input(stream));
    }
    return new TaskSpec(
        new TaskName(placed.stage().name(), placed.partition()),
        placed.journalPartition(),
        inputs,
        placed.stage().partitions(),
        placed.stage().partitions(),
        Slots.forPartitions(placed.stage().partitions()),
        settings.stores().values().stream()
            .filter(store -> !store.isBroadcast())
            .map(this::store)
            .toList(),
        tables.tables().stream().map(this::tableView).toList(),
        TaskCode.of(setup.code, settings.task().taskClass()));
  }

  private InputSpec input(SystemStream stream) {
    StreamDefinition definition = settings.stream(stream);
    String prefix = "streams." + definition.id();
    return new InputSpec(
        stream,
        serdes.create(prefix + ".key.serde", definition.keySerde()),
        serdes.create(prefix + ".msg.serde", definition.msgSerde()),
        definition.offsetDefault() == OffsetDefault.OLDEST,
        onError(definition.onError()),
        definition.deadLetter(),
        null,
        false);
  }

  /** A source is read as far as it goes back, whatever else a stream's default is. */
  private InputSpec source(StoreDefinition store, StoreSource source) {
    StreamDefinition definition = settings.stream(source.stream());
    return new InputSpec(
        source.stream(),
        keySerde(store),
        valueSerde(store),
        true,
        onError(definition.onError()),
        definition.deadLetter(),
        new InputSpec.Feeding(
            store.name(), source.waitMs(), source.onTimeout() == StoreSource.OnTimeout.PROCEED),
        false);
  }

  private TableSpec tableView(BroadcastTable table) {
    StoreDefinition store = Objects.requireNonNull(settings.stores().get(table.store()));
    return new TableSpec(table, keySerde(store), valueSerde(store));
  }

  @SuppressWarnings("unchecked") // the task and its configuration agree on the types
  private Serde<Object> keySerde(StoreDefinition store) {
    return (Serde<Object>) serdes.create("stores." + store.name() + ".key.serde", store.keySerde());
  }

  @SuppressWarnings("unchecked") // the task and its configuration agree on the types
  private Serde<Object> valueSerde(StoreDefinition store) {
    return (Serde<Object>) serdes.create("stores." + store.name() + ".msg.serde", store.msgSerde());
  }

  private static InputSpec.OnError onError(ErrorPolicy policy) {
    return switch (policy) {
      case FAIL -> InputSpec.OnError.FAIL;
      case SKIP -> InputSpec.OnError.SKIP;
      case DEAD_LETTER -> InputSpec.OnError.DEAD_LETTER;
    };
  }

  @SuppressWarnings("unchecked") // the task and its configuration agree on the types
  private StoreSpec store(StoreDefinition store) {
    String prefix = "stores." + store.name();
    String partitioningKey = store.partitioningKey();
    return new StoreSpec(
        store.name(),
        store.factory(),
        keySerde(store),
        valueSerde(store),
        partitioningKey == null
            ? null
            : (PartitioningKey<Object>)
                Plugins.create(
                    PartitioningKey.class, prefix + ".partitioning.key", partitioningKey),
        store.scope() == StoreScope.PARTITION,
        cacheMode(store.cache()),
        store.ttlMs(),
        store.maxValueBytes(),
        migrations(prefix + ".migrations", store),
        store.properties());
  }

  @SuppressWarnings("unchecked") // as above
  private static Migrations migrations(String key, StoreDefinition store) {
    List<ValueMigration<Object, Object, Object>> steps = new ArrayList<>();
    for (String migration : store.migrations()) {
      steps.add(Plugins.create(ValueMigration.class, key, migration));
    }
    return new Migrations(steps, store.migrate() == StoreMigrate.EAGER);
  }

  private static CacheMode cacheMode(StoreCache cache) {
    return switch (cache) {
      case OBJECTS -> CacheMode.OBJECTS;
      case BYTES -> CacheMode.BYTES;
      case OFF -> CacheMode.OFF;
    };
  }

  /** Frees everything; the workers are closed by whoever runs them. */
  @Override
  public void close() {
    background.forEach(ExecutorService::shutdown);
    engines.values().forEach(EngineFactory::close);
    engines.clear();
    systems.forEach(
        (name, system) -> {
          if (!setup.systems.containsKey(name)) {
            system.close();
          }
        });
    systems.clear();
  }
}
