package io.tidemark.runtime;

import io.tidemark.api.ContainerContext;
import io.tidemark.api.Context;
import io.tidemark.api.JobContext;
import io.tidemark.api.Partition;
import io.tidemark.api.Serde;
import io.tidemark.api.StringSerde;
import io.tidemark.api.SystemStream;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskContext;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.journal.Guarantee;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.runtime.WorkerSpec.AsyncLimits;
import io.tidemark.runtime.WorkerSpec.Pace;
import io.tidemark.state.CacheMode;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.MemoryEngineFactory;
import io.tidemark.state.Slots;
import io.tidemark.state.StoreSpec;
import io.tidemark.state.TaskState.HoldingLimits;
import io.tidemark.system.MemoryRecord;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.StreamSystem;
import io.tidemark.system.SystemProducer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where workers under test run: memory systems, a clock that only the test moves, and strings
 * everywhere. Fields may be set before a worker is made.
 */
final class Setting {
  static final SystemStream OUT = new SystemStream("memory", "out");
  static final SystemStream DEAD = new SystemStream("memory", "dead");

  final Map<String, StreamSystem> systems = new LinkedHashMap<>();
  final MemorySystem memory;
  final Requests requests = new Requests();
  volatile long nowMs = 1000;
  long wallMs = 1_600_000_000_000L;
  Supplier<?> code;
  int partitions = 1;
  List<String> inputs = List.of("in");
  long cacheBytes = 1000;
  List<StoreSpec> stores = List.of(store("store"));
  EngineFactory engines = new MemoryEngineFactory();
  Guarantee guarantee = Guarantee.EXACTLY_ONCE;
  Pace pace = new Pace(100, 1 << 20, -1, 0, 10_000, true);
  AsyncLimits asyncLimits = new AsyncLimits(4, -1);
  InputSpec.OnError onError = InputSpec.OnError.FAIL;
  boolean fromOldest = true;
  boolean untilEnd;
  int maxRecordBytes = 1 << 20;
  Set<String> intermediate = Set.of();
  Timeline timeline = new Timeline(1, "journal", List.of(), List.of());
  WorkerSpec.Background background =
      new WorkerSpec.Background(Runnable::run, Runnable::run, Runnable::run);
  SnapshotSource snapshots = SnapshotSource.NONE;
  TaskEvents events = TaskEvents.NONE;
  Function<SystemStream, OutputSpec> outputs =
      stream ->
          new OutputSpec(
              stream.getStream(), strings(), strings(), intermediate.contains(stream.getStream()));
  Path directory;

  Setting(Path directory, Supplier<?> code) {
    this.directory = directory;
    this.code = code;
    this.memory = new MemorySystem("memory", () -> Instant.ofEpochMilli(wallMs()));
  }

  /** Another machine beside one that has created the streams. */
  Setting(Path directory, Supplier<?> code, Setting beside) {
    this.directory = directory;
    this.code = code;
    this.memory = beside.memory;
    this.partitions = beside.partitions;
    systems.putAll(beside.systems);
  }

  private long wallMs() {
    return wallMs;
  }

  static StoreSpec store(String name) {
    return new StoreSpec(
        name, "memory", strings(), strings(), null, true, CacheMode.OBJECTS, 0, 1 << 20, Map.of());
  }

  @SuppressWarnings("unchecked") // strings are all there is
  static Serde<Object> strings() {
    return (Serde<Object>) (Serde<?>) new StringSerde();
  }

  /** Creates the streams; a worker needs them. */
  Setting create() {
    for (String input : inputs) {
      memory.admin().create(new StreamSpec(input, partitions, Map.of()));
    }
    memory.admin().create(new StreamSpec("out", 1, Map.of()));
    memory.admin().create(new StreamSpec("dead", 1, Map.of()));
    systems.put("memory", new MemoryJournals(memory, maxRecordBytes));
    ((MemoryJournals) systems.get("memory")).journal("journal").create(partitions);
    return this;
  }

  /** A worker of all tasks, opened. */
  Worker open(String name) {
    return open(spec(name), tasks());
  }

  /** A worker of one task, opened. */
  Worker open(String name, int partition) {
    return open(spec(name), List.of(task(partition)));
  }

  Worker open(WorkerSpec spec, List<TaskSpec> tasks) {
    Worker worker = new Worker(spec, requests);
    try {
      worker.open(Contexts::new);
      worker.begin(tasks);
    } catch (RuntimeException e) {
      worker.close();
      throw e;
    }
    return worker;
  }

  /** A worker without tasks. */
  Worker idle(String name) {
    Worker worker = new Worker(spec(name), requests);
    worker.open(Contexts::new);
    return worker;
  }

  List<TaskSpec> tasks() {
    List<TaskSpec> tasks = new ArrayList<>();
    for (int partition = 0; partition < partitions; partition++) {
      tasks.add(task(partition));
    }
    return tasks;
  }

  WorkerSpec spec(String name) {
    return new WorkerSpec(
        name,
        "job-1",
        systems,
        "memory",
        timeline,
        guarantee,
        outputs,
        Map.of("memory", engines),
        directory,
        cacheBytes,
        new HoldingLimits(200, 50, 1000),
        background,
        snapshots,
        events,
        pace,
        asyncLimits,
        untilEnd,
        () -> nowMs,
        () -> nowMs);
  }

  TaskSpec task(int partition) {
    Map<SystemStreamPartition, InputSpec> specs = new LinkedHashMap<>();
    for (String input : inputs) {
      SystemStream stream = new SystemStream("memory", input);
      specs.put(
          new SystemStreamPartition(stream, new Partition(partition)),
          new InputSpec(
              stream,
              strings(),
              strings(),
              fromOldest,
              onError,
              DEAD,
              null,
              intermediate.contains(input)));
    }
    return new TaskSpec(
        new TaskName("main", partition),
        partition,
        specs,
        partitions,
        partitions,
        Slots.forPartitions(partitions),
        stores,
        List.of(),
        code);
  }

  record Contexts(TaskContext task) implements Context {
    @Override
    public JobContext getJobContext() {
      throw new UnsupportedOperationException();
    }

    @Override
    public ContainerContext getContainerContext() {
      throw new UnsupportedOperationException();
    }

    @Override
    public TaskContext getTaskContext() {
      return task;
    }
  }

  void send(String stream, int partition, String... messages) {
    try (SystemProducer producer = memory.producer("test")) {
      for (String message : messages) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        producer.send(new OutgoingRecord(stream, partition, null, bytes, bytes, -1, List.of()));
      }
    }
  }

  void send(String... messages) {
    send("in", 0, messages);
  }

  /** The messages that a stream's only partition holds, committed ones that is. */
  List<String> messages(String stream) {
    return memory.records(stream, 0).stream().map(record -> text(record.value())).toList();
  }

  List<String> out() {
    return messages("out");
  }

  MemoryRecord dead(int index) {
    return memory.records("dead", 0).get(index);
  }

  static String text(byte @Nullable [] bytes) {
    return bytes == null ? "null" : new String(bytes, StandardCharsets.UTF_8);
  }

  /** Steps until nothing is done any more. */
  static void run(Worker worker) {
    int idle = 0;
    while (idle < 2) {
      idle = worker.doWork() == 0 ? idle + 1 : 0;
    }
  }

  void commit(Worker worker) {
    run(worker);
    requests.commit();
    run(worker);
  }
}
