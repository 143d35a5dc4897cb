package io.tidemark.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Config;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.checkpoint.Location;
import io.tidemark.container.PlanDifference.Kind;
import io.tidemark.coordinator.Coordinator;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.system.KeyHash;
import io.tidemark.system.MemoryRecord;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.SystemProducer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that go on from savepoints with other tasks, stores, stages and inputs. */
@Timeout(300)
public abstract class RescaleContract {
  private static final int KEYS = 40;

  @TempDir Path directory;

  private final MemorySystem memory = new MemorySystem("memory");
  private final Map<String, Integer> sent = new TreeMap<>();
  private final Map<String, String> settings = new TreeMap<>();
  private int savepoints;
  private int total;

  /** The type of the engine of the job's store. */
  protected abstract String engine();

  /** Counts the records of each key, and says the how manieth each is. */
  private static final class Counting implements StreamTask, InitableTask {
    private final String store;
    private KeyValueStore<String, Long> counts;

    @SuppressWarnings("NullAway.Init")
    Counting(String store) {
      this.store = store;
    }

    @Override
    public void init(Context context) {
      counts = context.getTaskContext().getStore(store);
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      String key = (String) envelope.getKey();
      long count = counts.merge(key, 1L, Long::sum);
      collector.send(
          new OutgoingMessageEnvelope(
              new SystemStream("memory", "out"), key, envelope.getMessage() + "=" + count));
    }
  }

  private void begin(int partitions) {
    memory.admin().create(new StreamSpec("in", partitions, Map.of()));
    memory.admin().create(new StreamSpec("out", 1, Map.of()));
    settings.put("job.name", "counting");
    settings.put("job.state.dir", directory.toString());
    settings.put("task.inputs", "memory.in");
    settings.put("task.commit.ms", "10");
    settings.put("task.checkpoint.min.pause.ms", "0");
    settings.put("job.coordinator.heartbeat.ms", "20");
    settings.put("container.workers", "2");
    settings.put("systems.memory.factory", "memory");
    settings.put("systems.memory.key.serde", "string");
    settings.put("systems.memory.msg.serde", "string");
    store("counts");
  }

  private void store(String name) {
    settings.put("stores." + name + ".factory", engine());
    settings.put("stores." + name + ".key.serde", "string");
    settings.put("stores." + name + ".msg.serde", "long");
  }

  private Job.Builder job(boolean dropping, boolean inexact) {
    Job.Builder builder =
        Job.of(Config.of(settings)).system("memory", new MemoryJournals(memory)).restarts(false);
    if (settings.containsKey("job.stages")) {
      for (String stage : settings.getOrDefault("job.stages", "").split(",", -1)) {
        builder.task(stage, () -> new Counting(stage.equals("extra") ? "extras" : "counts"));
      }
    } else {
      builder.task(() -> new Counting("counts"));
    }
    if (savepoints > 0) {
      Location location = Location.savepoint("s" + savepoints);
      builder.from(new StartFrom(location, "start-" + savepoints, dropping, inexact));
    }
    return builder;
  }

  /** Each record's message is its number among those of its key. */
  private void send(int records, Random random, int partitions) {
    try (SystemProducer producer = memory.producer("test")) {
      for (int i = 0; i < records; i++) {
        String key = "k" + random.nextInt(KEYS);
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        int number = sent.merge(key, 1, Integer::sum);
        total++;
        producer.send(
            new OutgoingRecord(
                "in",
                KeyHash.partition(bytes, partitions),
                bytes,
                bytes,
                Integer.toString(number).getBytes(StandardCharsets.UTF_8),
                -1,
                List.of()));
      }
    }
  }

  private List<MemoryRecord> out() {
    return memory.records("out", 0);
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  /** Runs until so much came out, and stops with a savepoint. */
  private void runAndStop(int records, boolean dropping, boolean inexact) {
    try (Job job = job(dropping, inexact).start()) {
      job.awaitRunning();
      await(() -> out().size() >= records);
      Coordinator coordinator = job.coordinator();
      assertThat(coordinator).isNotNull();
      coordinator.stopWithSavepoint("s" + (savepoints + 1)).join();
      job.awaitEnd();
      savepoints++;
    }
  }

  private void checkOutput() {
    Map<String, List<String>> found = new TreeMap<>();
    for (MemoryRecord record : out()) {
      found.computeIfAbsent(text(record.key()), key -> new ArrayList<>()).add(text(record.value()));
    }
    Map<String, List<String>> expected = new TreeMap<>();
    sent.forEach(
        (key, count) -> {
          List<String> messages = new ArrayList<>();
          for (int i = 1; i <= count; i++) {
            messages.add(i + "=" + i);
          }
          expected.put(key, messages);
        });
    assertThat(found).isEqualTo(expected);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void eachRecordCountsOnceInOrderHoweverAndWheneverTheTasksAreDividedAnew() {
    long seed = Long.getLong("tidemark.seed", System.nanoTime());
    try {
      Random random = new Random(seed);
      int partitions = 2 + random.nextInt(2);
      int[] choices = partitions == 2 ? new int[] {1, 2, 4, 8} : new int[] {1, 3, 6, 12};
      begin(partitions);
      int tasks = choices[random.nextInt(choices.length)];
      for (int round = 0; round < 5; round++) {
        settings.put("task.count", Integer.toString(tasks));
        settings.put("container.workers", Integer.toString(1 + random.nextInt(3)));
        int more = 300 + random.nextInt(10_000);
        send(more, random, partitions);
        runAndStop(total - random.nextInt(more), false, false); // in the middle of reading
        tasks = choices[random.nextInt(choices.length)];
      }
      settings.put("task.count", Integer.toString(tasks));
      runAndStop(total, false, false);
      checkOutput();
    } catch (Throwable e) {
      throw new AssertionError("with -Dtidemark.seed=" + seed + ": " + e, e);
    }
  }

  @Test
  void tasksThatHaveEntriesOfTheirOwnAreNotDividedUnlessToldSo() {
    begin(2);
    settings.put("stores.counts.scope", "task");
    send(100, new Random(2), 2);
    runAndStop(total, false, false);
    settings.put("task.count", "4");
    assertThatThrownBy(() -> runAndStop(0, false, false)).hasMessageContaining("TM-8502");
    try (Job job = job(false, true).start()) {
      job.awaitRunning();
    }
  }

  @Test
  void partitionsAreAddedWhenAllIsReadThatWasWrittenBefore() {
    begin(2);
    settings.put("task.count", "4");
    send(300, new Random(8), 2);
    runAndStop(total, false, false);
    memory.addPartitions("in", 4);
    send(300, new Random(9), 4);
    settings.put("task.count", "8");
    runAndStop(total - 100, false, false);
    send(300, new Random(10), 4);
    settings.put("task.count", "2");
    runAndStop(total, false, false);
    checkOutput();
  }

  @Test
  void partitionsAreNotAddedWhileTheFormerOnesHaveKeysOfOthersUnlessToldSo() {
    begin(2);
    send(300, new Random(11), 2);
    runAndStop(total, false, false);
    send(300, new Random(12), 2);
    memory.addPartitions("in", 4);
    assertThatThrownBy(() -> runAndStop(0, false, false))
        .hasMessageContaining("TM-8507")
        .hasMessageContaining("in, and stage main has read its partition 0 only to");
    runAndStop(total, false, true);
    assertThat(out()).hasSize(total);
  }

  @Test
  void partitionsAreNotAddedWhereTasksShareThemAndHaveEntriesOfTheirOwn() {
    begin(2);
    settings.put("stores.counts.scope", "task");
    settings.put("task.count", "4");
    send(100, new Random(13), 2);
    runAndStop(total, false, false);
    memory.addPartitions("in", 4);
    assertThatThrownBy(() -> runAndStop(0, false, false)).hasMessageContaining("TM-8502");
  }

  @Test
  void aStoreIsNotDroppedUnlessToldSoAndIsEmptyWhenItComesBack() {
    begin(2);
    store("other");
    send(100, new Random(4), 2);
    runAndStop(total, false, false);
    settings.keySet().removeIf(key -> key.startsWith("stores.other"));
    store("added");
    assertThatThrownBy(() -> runAndStop(0, false, false))
        .hasMessageContaining("TM-8501")
        .hasMessageContaining("store other of stage main");
    try (JobCoordinator coordinator = job(true, false).startCoordinator(1)) {
      PlanDifference difference = coordinator.difference();
      assertThat(difference).isNotNull();
      assertThat(difference.of(Kind.STORE_REMOVED)).hasSize(1);
      assertThat(difference.of(Kind.STORE_ADDED)).hasSize(1);
      assertThat(difference.text()).contains("store added of stage main is added, and empty");
    }
    send(100, new Random(5), 2);
    runAndStop(total, true, false);
    checkOutput();
  }

  @Test
  void stagesAndInputsComeAndGo() {
    begin(2);
    memory.admin().create(new StreamSpec("more", 2, Map.of()));
    memory.admin().create(new StreamSpec("third", 3, Map.of()));
    send(100, new Random(6), 2);
    runAndStop(total, false, false);
    settings.remove("task.inputs");
    settings.put("job.stages", "main,extra");
    settings.put("stages.main.inputs", "memory.in, memory.more");
    settings.put("stages.main.stores", "counts");
    settings.put("stages.extra.inputs", "memory.third");
    settings.put("stages.extra.stores", "extras");
    settings.put("stages.main.tasks", "4");
    store("extras");
    try (JobCoordinator coordinator = job(false, false).startCoordinator(1)) {
      PlanDifference difference = coordinator.difference();
      assertThat(difference).isNotNull();
      assertThat(difference.changes().stream().map(PlanDifference.Change::kind))
          .containsExactlyInAnyOrder(Kind.INPUT_ADDED, Kind.DIVIDED_ANEW, Kind.STAGE_ADDED);
    }
    send(100, new Random(7), 2);
    runAndStop(total, false, false);
    checkOutput();
    settings.put("job.stages", "main");
    settings.keySet().removeIf(key -> key.startsWith("stages.extra") || key.contains("extras"));
    settings.put("stages.main.inputs", "memory.in");
    assertThatThrownBy(() -> runAndStop(0, false, false)).hasMessageContaining("TM-8501");
  }
}
