package io.tidemark.benchmarks.path;

import io.tidemark.api.BytesSerde;
import io.tidemark.api.ContainerContext;
import io.tidemark.api.Context;
import io.tidemark.api.JobContext;
import io.tidemark.api.LongSerde;
import io.tidemark.api.Partition;
import io.tidemark.api.Serde;
import io.tidemark.api.SystemStream;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskContext;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.journal.Guarantee;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.runtime.InputSpec;
import io.tidemark.runtime.OutputSpec;
import io.tidemark.runtime.Requests;
import io.tidemark.runtime.SnapshotSource;
import io.tidemark.runtime.TaskEvents;
import io.tidemark.runtime.TaskSpec;
import io.tidemark.runtime.Worker;
import io.tidemark.runtime.WorkerSpec;
import io.tidemark.state.CacheMode;
import io.tidemark.state.Slots;
import io.tidemark.state.StoreSpec;
import io.tidemark.state.TaskState.HoldingLimits;
import io.tidemark.stores.rocksdb.RocksDbEngineFactory;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.StreamSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A worker with one task, as a container makes it, between records that are there already and a
 * system that drops what is sent. Time goes on by a millisecond with each step, so that a commit is
 * made after so many records, however fast they are. Confined to one thread.
 */
final class RecordPath implements AutoCloseable {
  private static final String SYSTEM = "memory";
  private static final SystemStream IN = new SystemStream(SYSTEM, "in");
  private static final long MEMORY_BYTES = 256L << 20;

  /** Steps between two commits: 100,000 records. */
  private static final long COMMIT_MS = 200;

  private final MemoryJournals journals = new MemoryJournals(new MemorySystem(SYSTEM));
  private final DroppingSystem system;
  private final RocksDbEngineFactory engines = new RocksDbEngineFactory(MEMORY_BYTES);
  private final ExecutorService applier = Executors.newSingleThreadExecutor();
  private final Worker worker;
  private volatile long nowMs = 1;

  private record Contexts(TaskContext task) implements Context {
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

  /**
   * @param distinct how many keys there are
   * @param hole takes what is sent
   */
  RecordPath(Path directory, PathTask task, int distinct, Blackhole hole) {
    system = new DroppingSystem(journals, new RepeatedRecords(distinct), hole);
    journals.admin().create(new StreamSpec(IN.getStream(), 1, Map.of()));
    journals.journal("journal").create(1);
    worker = new Worker(workerSpec(directory, task), new Requests());
    worker.open(Contexts::new);
    worker.begin(List.of(taskSpec(task)));
    system.drop();
  }

  /** Takes {@link RepeatedRecords#BATCH} records through the task; commits when it is time. */
  void step() {
    nowMs++;
    if (worker.doWork() != 2 * RepeatedRecords.BATCH) { // taken, and processed
      throw new IllegalStateException("a step did not process its batch");
    }
  }

  private WorkerSpec workerSpec(Path directory, PathTask task) {
    return new WorkerSpec(
        "worker",
        "path-1",
        Map.of(SYSTEM, system),
        SYSTEM,
        new Timeline(1, "journal", List.of(), List.of()),
        Guarantee.EXACTLY_ONCE,
        stream ->
            new OutputSpec(stream.getStream(), any(new LongSerde()), any(task.messages), false),
        Map.of("rocksdb", engines),
        directory,
        MEMORY_BYTES,
        new HoldingLimits(16 << 20, 2_000, 64 << 20),
        new WorkerSpec.Background(applier, Runnable::run, Runnable::run),
        SnapshotSource.NONE,
        TaskEvents.NONE,
        new WorkerSpec.Pace(COMMIT_MS, 1L << 40, -1, 0, 1000, true),
        new WorkerSpec.AsyncLimits(1, -1),
        false,
        () -> nowMs,
        () -> nowMs);
  }

  private static TaskSpec taskSpec(PathTask task) {
    InputSpec input =
        new InputSpec(
            IN,
            any(new LongSerde()),
            new BytesSerde(),
            true,
            InputSpec.OnError.FAIL,
            null,
            null,
            false);
    return new TaskSpec(
        new TaskName("main", 0),
        0,
        Map.of(new SystemStreamPartition(IN, new Partition(0)), input),
        1,
        1,
        Slots.forPartitions(1),
        stores(task),
        List.of(),
        task::task);
  }

  private static List<StoreSpec> stores(PathTask task) {
    if (task.values == null) {
      return List.of();
    }
    return List.of(
        new StoreSpec(
            PathTask.STORE,
            "rocksdb",
            any(new LongSerde()),
            any(task.values),
            null,
            true,
            CacheMode.OBJECTS,
            0,
            1 << 20,
            Map.of()));
  }

  @SuppressWarnings("unchecked") // whatever is written with it is of its type
  private static Serde<Object> any(Serde<?> serde) {
    return (Serde<Object>) serde;
  }

  @Override
  public void close() {
    worker.finish();
    worker.close();
    applier.shutdown();
    engines.close();
    system.close();
  }
}
