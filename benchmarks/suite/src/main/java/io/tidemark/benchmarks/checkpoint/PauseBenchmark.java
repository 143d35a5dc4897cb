package io.tidemark.benchmarks.checkpoint;

import io.tidemark.api.Config;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.StreamTask;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.checkpoint.Trigger;
import io.tidemark.container.Job;
import io.tidemark.coordinator.CheckpointRecord;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.system.MemorySystem;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long records wait to be processed, at a steady rate, while checkpoints are under way one
 * after the other, and while there are none. A worker with one task writes random keys of a store
 * in RocksDB; the journal is in memory, so that no other process disturbs. A record's delay counts
 * from when it was due, so a pause shows in all records that it holds up. {@code gap} is the time
 * between two records that were processed one after the other.
 *
 * <p>Arguments: a directory, the number of entries, bytes of a value, records per second, seconds
 * of a round, rounds.
 */
public final class PauseBenchmark {
  private static final int MOST = 20_000_000;

  private final Path directory;
  private final int entries;
  private final int valueBytes;
  private final int perSecond;
  private final PacedSystem source;
  private final MemorySystem memory = new MemorySystem("memory");
  private volatile long processed;
  private volatile Delays current = new Delays(0);

  private PauseBenchmark(Path directory, int entries, int valueBytes, int perSecond) {
    this.directory = directory;
    this.entries = entries;
    this.valueBytes = valueBytes;
    this.perSecond = perSecond;
    this.source = new PacedSystem(entries, perSecond);
  }

  public static void main(String[] arguments) throws Exception {
    Path root = Files.createTempDirectory(Path.of(arguments[0]), "pause");
    try {
      new PauseBenchmark(
              root,
              Integer.parseInt(arguments[1]),
              Integer.parseInt(arguments[2]),
              Integer.parseInt(arguments[3]))
          .run(Integer.parseInt(arguments[4]), Integer.parseInt(arguments[5]));
    } finally {
      Measured.delete(root);
    }
  }

  /** What one round measured. Written by the worker's thread alone, until the next one begins. */
  private static final class Delays {
    private final int[] delays;
    private final int[] gaps;
    private int count;
    private long last;

    Delays(int most) {
      delays = new int[most];
      gaps = new int[most];
    }

    void add(long due) {
      if (count < delays.length) {
        long now = System.nanoTime();
        delays[count] = micros(now - due);
        gaps[count] = last == 0 ? 0 : micros(now - last);
        last = now;
        count++;
      }
    }

    private static int micros(long nanos) {
      return (int) Math.min(Integer.MAX_VALUE, Math.max(0, nanos / 1000));
    }
  }

  private final class Writing implements StreamTask, InitableTask {
    private final SplittableRandom random = new SplittableRandom(5);
    private @Nullable KeyValueStore<byte[], byte[]> store;

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
      long number = ByteBuffer.wrap((byte[]) envelope.getMessage()).getLong();
      boolean paced = number >= entries;
      if (paced) {
        current.add(source.due(number));
      }
      byte[] value = new byte[valueBytes];
      random.nextBytes(value);
      long key = paced ? random.nextLong(entries) : number;
      Objects.requireNonNull(store)
          .put(ByteBuffer.allocate(Long.BYTES).putLong(key).array(), value);
      processed = number + 1;
    }
  }

  private Config config() {
    Map<String, String> settings = new HashMap<>();
    settings.put("job.name", "pause");
    settings.put("job.state.dir", directory.toString());
    settings.put("job.journal.system", "memory");
    settings.put("task.inputs", "source.records");
    settings.put("task.commit.ms", "100");
    settings.put("task.checkpoint.interval.ms", "3600000");
    settings.put("task.checkpoint.min.pause.ms", "0");
    settings.put("task.checkpoint.retain", "1");
    settings.put("task.checkpoint.grace.ms", "0");
    settings.put("systems.memory.factory", "memory");
    settings.put("systems.source.factory", "memory");
    settings.put("container.workers", "1");
    settings.put("container.state.memory.bytes", Long.toString(512L << 20));
    settings.put("stores.store.factory", "rocksdb");
    settings.put("stores.store.key.serde", "bytes");
    settings.put("stores.store.msg.serde", "bytes");
    return Config.of(settings);
  }

  private void run(int seconds, int times) throws Exception {
    try (Job job =
        Job.of(config())
            .task(Writing::new)
            .system("memory", new MemoryJournals(memory))
            .system("source", source)
            .restarts(false)
            .start()) {
      job.awaitRunning();
      long filled = 0;
      while (processed < entries) {
        TimeUnit.MILLISECONDS.sleep(50);
        if (processed - filled > entries / 16) { // lets the journal, which is in memory, be trimmed
          filled = processed;
          checkpoint(job);
        }
        if (job.awaitEnd(Duration.ofMillis(1))) {
          throw new IllegalStateException("the job ended");
        }
      }
      System.out.println(Measured.machine());
      System.out.println("first: " + checkpoint(job));
      source.pace();
      round(job, seconds, true); // to warm up
      System.out.println(
          "| checkpoints | records | delay p50 ms | p99 | p99.9 | max | gap p99 | p99.9 | max |"
              + " written MiB |");
      System.out.println("|---:|" + "---:|".repeat(9));
      for (int i = 0; i < 2 * times; i++) {
        System.out.println(round(job, seconds, i % 2 == 1));
      }
    }
  }

  private String checkpoint(Job job) throws Exception {
    CheckpointRecord record =
        Objects.requireNonNull(job.coordinator())
            .requestCheckpoint(Trigger.REQUEST, "")
            .get(10, TimeUnit.MINUTES);
    return String.format(
        "%d MiB, %d written, in %d ms",
        record.bytesTotal() >> 20,
        record.bytesUploaded() >> 20,
        record.endedMs() - record.startedMs());
  }

  private String round(Job job, int seconds, boolean checkpoints) throws Exception {
    TimeUnit.SECONDS.sleep(1);
    Delays delays = new Delays((int) Math.min(MOST, (long) perSecond * seconds * 8));
    current = delays;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    int taken = 0;
    long written = 0;
    while (System.nanoTime() < end) {
      if (checkpoints) {
        CheckpointRecord record =
            Objects.requireNonNull(job.coordinator())
                .requestCheckpoint(Trigger.REQUEST, "")
                .get(10, TimeUnit.MINUTES);
        written += record.bytesUploaded();
        taken++;
      } else {
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
    current = new Delays(0);
    TimeUnit.MILLISECONDS.sleep(20);
    long[] late = sorted(delays.delays, delays.count);
    long[] gaps = sorted(delays.gaps, delays.count);
    return String.format(
        "| %d | %d | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %d |",
        taken,
        delays.count,
        Measured.quantile(late, 0.5) / 1000,
        Measured.quantile(late, 0.99) / 1000,
        Measured.quantile(late, 0.999) / 1000,
        Measured.quantile(late, 1) / 1000,
        Measured.quantile(gaps, 0.99) / 1000,
        Measured.quantile(gaps, 0.999) / 1000,
        Measured.quantile(gaps, 1) / 1000,
        written >> 20);
  }

  private static long[] sorted(int[] values, int count) {
    return Arrays.stream(values, 0, count).asLongStream().sorted().toArray();
  }
}
