package io.tidemark.container;

import io.tidemark.api.Partition;
import io.tidemark.api.PartitioningKey;
import io.tidemark.api.Serde;
import io.tidemark.api.SystemStream;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.api.ValueMigration;
import io.tidemark.config.ErrorPolicy;
import io.tidemark.config.JobSettings;
import io.tidemark.config.OffsetDefault;
import io.tidemark.config.Plugins;
import io.tidemark.config.Serdes;
import io.tidemark.config.StageDefinition;
import io.tidemark.config.StoreCache;
import io.tidemark.config.StoreDefinition;
import io.tidemark.config.StoreMigrate;
import io.tidemark.config.StoreScope;
import io.tidemark.config.StoreSource;
import io.tidemark.config.StreamDefinition;
import io.tidemark.container.JobGraph.PlacedTask;
import io.tidemark.runtime.BroadcastTable;
import io.tidemark.runtime.InputSpec;
import io.tidemark.runtime.TableSpec;
import io.tidemark.runtime.TaskSpec;
import io.tidemark.state.CacheMode;
import io.tidemark.state.Migrations;
import io.tidemark.state.StoreSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Makes the tasks' specifications from configuration. Confined to one thread. */
final class TaskSpecs {
  private final JobSettings settings;
  private final Serdes serdes;
  private final TaskSuppliers code;
  private final Map<TaskName, PlacedTask> tasks = new LinkedHashMap<>();
  private final List<BroadcastTable> tables;

  /**
   * @param tables what all tasks of the container share
   */
  TaskSpecs(
      JobSettings settings,
      Serdes serdes,
      TaskSuppliers code,
      JobGraph graph,
      List<BroadcastTable> tables) {
    this.settings = settings;
    this.serdes = serdes;
    this.code = code;
    this.tables = tables;
    graph.tasks().forEach(task -> tasks.put(task.name(), task));
  }

  /** The names of all tasks of the job, in the order of the journal's partitions. */
  Set<TaskName> names() {
    return tasks.keySet();
  }

  /** A task of the job. */
  TaskSpec task(TaskName name) {
    return task(Objects.requireNonNull(tasks.get(name), () -> "there is no task " + name));
  }

  private TaskSpec task(PlacedTask placed) {
    Stage stage = placed.stage();
    List<StoreDefinition> stores =
        settings.stores().values().stream()
            .filter(store -> stage.stores().contains(store.name()))
            .toList();
    return new TaskSpec(
        placed.name(),
        placed.journalPartition(),
        inputs(placed, stores),
        stage.taskCount(),
        stage.partitions(),
        stage.slots(),
        stores.stream().map(this::store).toList(),
        tables.stream().map(this::tableView).toList(),
        code.of(definition(stage)));
  }

  private StageDefinition definition(Stage stage) {
    return settings.stages().stream()
        .filter(definition -> definition.name().equals(stage.name()))
        .findFirst()
        .orElseThrow();
  }

  private Map<SystemStreamPartition, InputSpec> inputs(
      PlacedTask placed, List<StoreDefinition> stores) {
    List<InputSpec> specs = new ArrayList<>();
    for (StoreDefinition store : stores) {
      if (store.isFedByPartition()) {
        specs.add(source(store, Objects.requireNonNull(store.source())));
      }
    }
    placed.stage().inputs().forEach(stream -> specs.add(input(stream)));
    Map<SystemStreamPartition, InputSpec> inputs = new LinkedHashMap<>();
    for (InputSpec spec : specs) {
      for (int partition : placed.stage().partitionsOf(placed.number())) {
        inputs.put(new SystemStreamPartition(spec.stream(), new Partition(partition)), spec);
      }
    }
    return inputs;
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
        definition.intermediate());
  }

  /** A source is read as far as it goes back, whatever else a stream's default is. */
  private InputSpec source(StoreDefinition store, StoreSource source) {
    StreamDefinition definition = settings.stream(source.stream());
    return new InputSpec(
        source.stream(),
        keySerde(store, serdes),
        valueSerde(store, serdes),
        true,
        onError(definition.onError()),
        definition.deadLetter(),
        new InputSpec.Feeding(
            store.name(), source.waitMs(), source.onTimeout() == StoreSource.OnTimeout.PROCEED),
        definition.intermediate());
  }

  private TableSpec tableView(BroadcastTable table) {
    StoreDefinition store = Objects.requireNonNull(settings.stores().get(table.store()));
    return new TableSpec(table, keySerde(store, serdes), valueSerde(store, serdes));
  }

  @SuppressWarnings("unchecked") // the task and its configuration agree on the types
  static Serde<Object> keySerde(StoreDefinition store, Serdes serdes) {
    return (Serde<Object>) serdes.create("stores." + store.name() + ".key.serde", store.keySerde());
  }

  @SuppressWarnings("unchecked") // the task and its configuration agree on the types
  static Serde<Object> valueSerde(StoreDefinition store, Serdes serdes) {
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
        keySerde(store, serdes),
        valueSerde(store, serdes),
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
}
