package io.tidemark.benchmarks.checkpoint;

import io.tidemark.api.Config;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.StreamTask;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.WindowableTask;
import io.tidemark.checkpoint.Location;
import io.tidemark.container.Job;
import io.tidemark.container.StartFrom;
import io.tidemark.coordinator.CheckpointRecord;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.system.MemorySystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How long a job takes to run that is started from a savepoint with another number of tasks: from
 * the call that starts it until all tasks run. Entries with values of 100 bytes that cannot be
 * compressed are in RocksDB, and the disk that the job starts on is empty. {@code counted} is how
 * many entries the tasks then have together, which are read afterwards.
 *
 * <p>All tasks read one partition, each its share, and the journal is in memory, so that no other
 * process disturbs.
 *
 * <p>Arguments: a directory on the disk to measure, the number of entries, tasks before, tasks
 * after, and rounds.
 */
public final class RescaleBenchmark {
  private static final int VALUE_BYTES = 100;
  private static final String SAVEPOINT = "full";

  private final Path directory;
  private final int entries;
  private final MemorySystem memory = new MemorySystem("memory");
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong counted = new AtomicLong();
  private final AtomicLong countedTasks = new AtomicLong();
  private volatile boolean counting;

  private RescaleBenchmark(Path directory, int entries) {
    this.directory = directory;
    this.entries = entries;
  }

  public static void main(String[] arguments) throws Exception {
    Path root = Files.createTempDirectory(Path.of(arguments[0]), "rescale");
    int before = Integer.parseInt(arguments[2]);
    int after = Integer.parseInt(arguments[3]);
    try {
      RescaleBenchmark benchmark = new RescaleBenchmark(root, Integer.parseInt(arguments[1]));
      CheckpointRecord savepoint = benchmark.fill(before);
      System.out.println(Measured.machine());
      System.out.println("| tasks | MiB | running ms | counted |");
      System.out.println("|---|---:|---:|---:|");
      for (int round = 0; round < Integer.parseInt(arguments[4]); round++) {
        long runningMs = benchmark.start(after, round);
        System.out.printf(
            "| %d to %d | %d | %d | %d |%n",
            before, after, savepoint.bytesTotal() >> 20, runningMs, benchmark.counted.get());
      }
    } finally {
      Measured.delete(root);
    }
  }

  private final class Writing implements StreamTask, InitableTask, WindowableTask {
    private final SplittableRandom random = new SplittableRandom(5);
    private @Nullable KeyValueStore<byte[], byte[]> store;
    private boolean hasCounted;

    @Override
    @SuppressWarnings("unchecked") // the configuration says bytes
    public void init(Context context) {
      store =
          (KeyValueStore<byte[], byte[]>)
              Objects.requireNonNull(context.getTaskContext().getStore("store"));
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      byte[] value = new byte[VALUE_BYTES];
      random.nextBytes(value);
      Objects.requireNonNull(store).put(Objects.requireNonNull((byte[]) envelope.getKey()), value);
      written.incrementAndGet();
    }

    /** Counts, once that is asked for; not before, as it would be part of the time. */
    @Override
    public void window(MessageCollector collector, TaskCoordinator coordinator) {
      if (!counting || hasCounted) {
        return;
      }
      hasCounted = true;
      long found = 0;
      try (KeyValueIterator<byte[], byte[]> all = Objects.requireNonNull(store).all()) {
        for (; all.hasNext(); all.next()) {
          found++;
        }
      }
      counted.addAndGet(found);
      countedTasks.incrementAndGet();
    }
  }

  private Job.Builder job(int tasks, Path state) {
    Map<String, String> settings = new HashMap<>();
    settings.put("job.name", "rescale");
    settings.put("job.state.dir", state.toString());
    settings.put("job.metadata.file.path", directory.resolve("metadata").toString());
    settings.put("job.journal.system", "memory");
    settings.put("task.inputs", "source.records");
    settings.put("task.count", Integer.toString(tasks));
    settings.put("task.window.ms", "100");
    settings.put("task.checkpoint.interval.ms", "10000"); // trims the journal
    settings.put("task.checkpoint.min.pause.ms", "0");
    settings.put("task.checkpoint.retain", "1");
    settings.put("task.checkpoint.grace.ms", "0");
    settings.put("task.checkpoint.store.filesystem.path", directory.resolve("blobs").toString());
    settings.put("systems.memory.factory", "memory");
    settings.put("systems.source.factory", "memory");
    settings.put("container.workers", "2");
    settings.put("container.state.memory.bytes", Long.toString(512L << 20));
    settings.put("stores.store.factory", "rocksdb");
    settings.put("stores.store.key.serde", "bytes");
    settings.put("stores.store.msg.serde", "bytes");
    return Job.of(Config.of(settings))
        .task(Writing::new)
        .system("memory", new MemoryJournals(memory))
        .system("source", new PacedSystem(entries, 1))
        .restarts(false);
  }

  /** Milliseconds until all tasks run. */
  private long start(int tasks, int round) throws Exception {
    Path state = directory.resolve("after-" + round);
    StartFrom from =
        new StartFrom(Location.savepoint(SAVEPOINT), UUID.randomUUID().toString(), false);
    counting = false;
    counted.set(0);
    countedTasks.set(0);
    long begun = System.nanoTime();
    try (Job job = job(tasks, state).from(from).start()) {
      job.awaitRunning();
      long runningMs = Measured.millisSince(begun);
      counting = true;
      while (countedTasks.get() < tasks) {
        if (job.awaitEnd(Duration.ofMillis(20))) {
          throw new IllegalStateException("the job ended");
        }
      }
      if (counted.get() != entries) {
        throw new IllegalStateException(counted + " entries are there, not " + entries);
      }
      return runningMs;
    } finally {
      Measured.delete(state);
    }
  }

  private CheckpointRecord fill(int tasks) throws Exception {
    Path state = directory.resolve("before");
    try (Job job = job(tasks, state).start()) {
      job.awaitRunning();
      while (written.get() < entries) {
        if (job.awaitEnd(Duration.ofMillis(100))) {
          throw new IllegalStateException("the job ended");
        }
      }
      CheckpointRecord savepoint =
          Objects.requireNonNull(job.coordinator())
              .stopWithSavepoint(SAVEPOINT)
              .get(30, TimeUnit.MINUTES);
      job.awaitEnd();
      return savepoint;
    } finally {
      Measured.delete(state);
    }
  }
}
