package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.ThreadMXBean;
import io.tidemark.api.BytesSerde;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.LongSerde;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.Partition;
import io.tidemark.api.Serde;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.TaskName;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.runtime.WorkerSpec.Background;
import io.tidemark.runtime.WorkerSpec.Pace;
import io.tidemark.state.CacheMode;
import io.tidemark.state.Slots;
import io.tidemark.state.StoreSpec;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a record costs the heap in steady state. A count with a long as key and as value runs
 * through a whole worker; every object that its thread makes is counted, by the virtual machine
 * itself, so nothing here depends on time or on which code is compiled.
 */
@Timeout(60)
class RecordAllocationTest {
  private static final int KEYS = 500;
  private static final int STEPS_BETWEEN_COMMITS = 40;
  private static final int STEPS = 10 * STEPS_BETWEEN_COMMITS;

  /** Counts below are boxed anew, as they are past the numbers that the JDK keeps. */
  private static final int WARM_UP_STEPS = 4 * STEPS_BETWEEN_COMMITS;

  /**
   * The objects that a record cannot do without, in bytes with compressed references. An optimizing
   * compiler may do without some of them; none is left out for that here.
   */
  private static final int PER_RECORD =
      48 // the envelope that the task gets
          + 24 // its key, a Long
          + 24 // the count before, a Long, which the store keeps as a number
          + 24 // the task's new count, a Long
          + 5 // its share of the list of keys that are read ahead, 16 and 4 for each of 64 or fewer
          + 40 // the envelope that the task sends
          + 24 // its key as bytes
          + 24 // its message as bytes
          + 48; // the record as its system's producer gets it

  /**
   * What a key that has changed costs a commit: its value (24) and that as bytes (24), its part of
   * the block's body (22), of the record for the journal (at most 22), and of the list of what has
   * changed, which grows by halves (at most 16).
   */
  private static final int PER_CHANGE = 24 + 24 + 22 + 22 + 16;

  /** What a commit costs besides, and each of the steps before it: a batch, lists, iterators. */
  private static final int PER_COMMIT = 8_000;

  private static final int PER_STEP = 2_500;

  @TempDir Path directory;

  private static final class Count implements StreamTask, InitableTask {
    private KeyValueStore<Long, Long> counts;

    @Override
    public void init(Context context) {
      counts = context.getTaskContext().getStore("counts");
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      Long key = (Long) envelope.getKey();
      Long before = counts.get(key);
      Long count = before == null ? 1L : before + 1;
      counts.put(key, count);
      collector.send(new OutgoingMessageEnvelope(Setting.OUT, key, count));
    }
  }

  @SuppressWarnings("unchecked") // every key and every message is of the serde's type
  private static Serde<Object> any(Serde<?> serde) {
    return (Serde<Object>) serde;
  }

  /** Objects are larger if references are not compressed, as in a large heap. */
  private static boolean sizesAreAsAssumed() {
    return "true"
        .equals(
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("UseCompressedOops")
                .getValue());
  }

  @Test
  void aCountAllocatesNothingBeyondTheUsersObjectsAndTheBytesThatItSends() {
    assumeTrue(sizesAreAsAssumed());
    ExecutorService applier = Executors.newSingleThreadExecutor();
    Setting setting = new Setting(directory, Count::new).create();
    RepeatedRecords records = records(setting);
    try (Worker worker = open(setting, records, applier)) {
      records.drop();
      step(worker, setting, WARM_UP_STEPS);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long sentBefore = records.sent;
      long before = threads.getCurrentThreadAllocatedBytes();
      step(worker, setting, STEPS);
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      long processed = records.sent - sentBefore;
      assertThat(processed).isEqualTo((long) STEPS * KEYS);
      assertThat(perRecord(allocated, processed))
          .as("bytes per record")
          .isLessThanOrEqualTo(bound());
    } finally {
      applier.shutdown();
    }
  }

  private static double perRecord(long allocated, long records) {
    return (double) allocated / records;
  }

  /** A commit, which has every key once, is shared by the records between it and the former. */
  private static double bound() {
    double records = (double) KEYS * STEPS_BETWEEN_COMMITS;
    double commit = PER_COMMIT + (double) PER_CHANGE * KEYS;
    return PER_RECORD + commit / records + (double) PER_STEP / KEYS;
  }

  private static void step(Worker worker, Setting setting, int steps) {
    for (int i = 0; i < steps; i++) {
      setting.nowMs++;
      worker.doWork();
    }
  }

  private static RepeatedRecords records(Setting setting) {
    byte[][] keys = new byte[KEYS][];
    byte[][] messages = new byte[KEYS][];
    for (int i = 0; i < KEYS; i++) {
      keys[i] = ByteBuffer.allocate(Long.BYTES).putLong(1_000_000L + i).array();
      messages[i] = new byte[100];
    }
    return new RepeatedRecords((MemoryJournals) setting.systems.get("memory"), keys, messages);
  }

  private static Worker open(Setting setting, RepeatedRecords records, ExecutorService applier) {
    setting.systems.put("memory", records);
    setting.cacheBytes = 10 << 20;
    setting.pace = new Pace(STEPS_BETWEEN_COMMITS, 1 << 30, -1, 0, 1000, true);
    setting.background = new Background(applier, Runnable::run, Runnable::run);
    StoreSpec counts =
        new StoreSpec(
            "counts",
            "memory",
            any(new LongSerde()),
            any(new LongSerde()),
            null,
            true,
            CacheMode.OBJECTS,
            0,
            1 << 20,
            Map.of());
    SystemStream in = new SystemStream("memory", "in");
    InputSpec input =
        new InputSpec(
            in, new LongSerde(), new BytesSerde(), true, InputSpec.OnError.FAIL, null, null, false);
    TaskSpec task =
        new TaskSpec(
            new TaskName("main", 0),
            0,
            Map.of(new SystemStreamPartition(in, new Partition(0)), input),
            1,
            1,
            Slots.forPartitions(1),
            List.of(counts),
            List.of(),
            Count::new);
    setting.outputs =
        stream ->
            new OutputSpec(stream.getStream(), any(new LongSerde()), any(new LongSerde()), false);
    return setting.open(setting.spec("worker"), List.of(task));
  }
}
