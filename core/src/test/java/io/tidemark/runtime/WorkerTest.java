package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.ClosableTask;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.ReadOnlyKeyValueStore;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.TaskCoordinator.RequestScope;
import io.tidemark.api.TaskName;
import io.tidemark.api.WindowableTask;
import io.tidemark.journal.Guarantee;
import io.tidemark.runtime.WorkerCounters.Counter;
import io.tidemark.runtime.WorkerSpec.Pace;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.StreamSystem;
import io.tidemark.system.SystemAdmin;
import io.tidemark.system.SystemConsumer;
import io.tidemark.system.SystemProducer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WorkerTest {
  @TempDir Path directory;

  private final List<String> events = new ArrayList<>();

  /** Does what messages say, and sends every message on. */
  private final class Obedient implements StreamTask, InitableTask, WindowableTask, ClosableTask {
    private KeyValueStore<String, String> store;
    private TaskName name;
    private KeyValueIterator<String, String> left;

    @Override
    public void init(Context context) {
      store = context.getTaskContext().getStore("store");
      name = context.getTaskContext().getTaskName();
      store.put("started", name.toString());
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      String message = (String) envelope.getMessage();
      collector.send(new OutgoingMessageEnvelope(Setting.OUT, message));
      if (message.startsWith("store ")) {
        store.put("stored", message);
      }
      switch (message) {
        case "commit" -> coordinator.commit(RequestScope.CURRENT_TASK);
        case "commit all" -> coordinator.commit(RequestScope.ALL_TASKS_IN_CONTAINER);
        case "end" -> coordinator.shutdown(RequestScope.CURRENT_TASK);
        case "end all" -> coordinator.shutdown(RequestScope.ALL_TASKS_IN_CONTAINER);
        case "fail" -> throw new IllegalArgumentException("told to");
        case "slow" -> setting.nowMs += 50;
        case "iterate" -> left = store.all();
        case "use iterator" -> left.next();
        case "elsewhere" ->
            collector.send(new OutgoingMessageEnvelope(new SystemStream("second", "far"), message));
        default -> {}
      }
    }

    @Override
    public void window(MessageCollector collector, TaskCoordinator coordinator) {
      events.add("window at " + setting.nowMs);
      collector.send(new OutgoingMessageEnvelope(Setting.OUT, "window"));
    }

    @Override
    public void close() {
      events.add("closed " + name);
    }
  }

  private Setting setting;

  private Setting setting() {
    setting = new Setting(directory, Obedient::new);
    return setting;
  }

  @Test
  void aCommitIsMadeWhenItsTimeHasCome() {
    setting().create().send("a");
    try (Worker worker = setting.open("w")) {
      Setting.run(worker);
      setting.nowMs += 99;
      Setting.run(worker);
      assertThat(setting.out()).isEmpty();
      setting.nowMs += 1;
      Setting.run(worker);
      assertThat(setting.out()).containsExactly("a");
    }
  }

  @Test
  void aCommitIsMadeWhenEnoughBytesWereSentOrChanged() {
    setting().pace = new Pace(1_000_000, 100, -1, 0, 1000, true);
    setting.create().send("a");
    try (Worker worker = setting.open("w")) {
      Setting.run(worker);
      assertThat(setting.out()).isEmpty();
      setting.send("x".repeat(101));
      Setting.run(worker);
      assertThat(setting.out()).hasSize(2);
      setting.send("store " + "y".repeat(50), "b");
      Setting.run(worker);
      assertThat(setting.out()).hasSize(4);
    }
  }

  @Test
  void aCommitThatATaskAsksForIsMadeBeforeItsNextRecord() {
    for (String ask : List.of("commit", "commit all")) {
      setting().directory = directory.resolve(ask);
      setting.create().send("a", ask, "b", "fail");
      try (Worker worker = setting.open("w")) {
        assertThatThrownBy(() -> Setting.run(worker)).isInstanceOf(TaskFailedException.class);
      }
      assertThat(setting.out()).as(ask).containsExactly("a", ask);
    }
  }

  @Test
  void aRequestForAllReachesTheOtherWorkers() {
    setting().partitions = 2;
    setting.create();
    setting.send("in", 0, "a");
    setting.send("in", 1, "commit all");
    try (Worker first = setting.open("w0", 0);
        Worker second = setting.open("w1", 1)) {
      Setting.run(first);
      assertThat(setting.out()).isEmpty();
      Setting.run(second);
      Setting.run(first);
      assertThat(setting.out()).containsExactlyInAnyOrder("a", "commit all");
      setting.send("in", 1, "end all");
      Setting.run(second);
      assertThat(first.isFinished()).isTrue();
      assertThat(second.isFinished()).isTrue();
    }
  }

  @Test
  void aTaskThatAskedToEndGetsNoMoreRecords() {
    setting().partitions = 2;
    setting.create();
    setting.send("in", 0, "a", "end", "b", "fail");
    setting.send("in", 1, "c");
    try (Worker worker = setting.open("w")) {
      Setting.run(worker);
      setting.send("in", 0, "fail");
      setting.send("in", 1, "d");
      setting.commit(worker);
      assertThat(setting.out()).containsExactlyInAnyOrder("a", "end", "c", "d");
      assertThat(worker.isFinished()).isFalse();
      setting.send("in", 1, "end");
      Setting.run(worker);
      assertThat(worker.isFinished()).isTrue();
      worker.finish();
    }
    assertThat(setting.out()).hasSize(5);
    assertThat(events).containsExactlyInAnyOrder("closed main-0", "closed main-1");
    try (Worker again = setting.open("w")) {
      assertThatThrownBy(() -> Setting.run(again)).hasMessageContaining("offset 3 of memory.in[0]");
    }
  }

  @Test
  void aRequestToEndAllStopsWithoutWhatStillWaits() {
    setting().create().send("a", "end all", "b", "fail");
    try (Worker worker = setting.open("w")) {
      Setting.run(worker);
      assertThat(worker.isFinished()).isTrue();
      worker.finish();
    }
    assertThat(setting.out()).containsExactly("a", "end all");
  }

  @Test
  void aBoundedRunEndsThoughATaskAskedToEndBefore() {
    setting().partitions = 2;
    setting.untilEnd = true;
    setting.create();
    setting.send("in", 0, "end", "b");
    setting.send("in", 1, "c");
    try (Worker worker = setting.open("w")) {
      Setting.run(worker);
      assertThat(worker.isFinished()).isTrue();
      worker.finish();
    }
    assertThat(setting.out()).containsExactlyInAnyOrder("end", "c");
  }

  @Test
  void aBoundedRunEndsExactlyWithWhatWasThereAtItsStart() {
    setting().untilEnd = true;
    setting.partitions = 2;
    setting.create();
    setting.send("in", 0, "a", "b", "c");
    try (Worker worker = setting.open("w")) {
      setting.send("in", 0, "d");
      setting.send("in", 1, "e");
      assertThat(worker.isFinished()).isFalse();
      Setting.run(worker);
      assertThat(worker.isFinished()).isTrue();
      worker.finish();
    }
    assertThat(setting.out()).containsExactly("a", "b", "c");
    setting.untilEnd = false;
    try (Worker next = setting.open("w")) {
      setting.commit(next);
    }
    assertThat(setting.out()).containsExactlyInAnyOrder("a", "b", "c", "d", "e");
  }

  @Test
  void aBoundedRunOverEmptyInputsEnds() {
    setting().untilEnd = true;
    setting.create();
    try (Worker worker = setting.open("w")) {
      Setting.run(worker);
      assertThat(worker.isFinished()).isTrue();
    }
  }

  @Test
  void samePartitionsOfSeveralInputsGoToOneTask() {
    setting().inputs = List.of("in", "also");
    setting.partitions = 2;
    setting.create();
    setting.send("in", 1, "store in");
    setting.send("also", 1, "store also");
    try (Worker worker = setting.open("w")) {
      setting.commit(worker);
      assertThat(setting.out()).containsExactlyInAnyOrder("store in", "store also");
      assertThat(stored(worker, 1)).startsWith("store ");
      assertThat(stored(worker, 0)).isNull();
    }
    setting.send("also", 1, "more");
    try (Worker next = setting.open("w")) {
      setting.commit(next);
    }
    assertThat(setting.out()).containsExactlyInAnyOrder("store in", "store also", "more");
  }

  @SuppressWarnings("unchecked") // strings are all there is
  private static String stored(Worker worker, int partition) {
    KeyValueStore<String, String> store =
        (KeyValueStore<String, String>) worker.store(new TaskName("main", partition), "store");
    return store.get("stored");
  }

  @Test
  void anInputIsReadFromWhereItEndsIfSoConfiguredButOnlyTheFirstTime() {
    setting().fromOldest = false;
    setting.create().send("before");
    try (Worker worker = setting.open("w")) {
      setting.send("a");
      Setting.run(worker);
    } // killed before its first commit of records
    setting.send("b");
    try (Worker worker = setting.open("w")) {
      setting.commit(worker);
    }
    setting.send("c");
    try (Worker worker = setting.open("w")) {
      setting.commit(worker);
    }
    assertThat(setting.out()).containsExactly("a", "b", "c");
  }

  @Test
  void windowsAreCalledAtTheirTimes() {
    setting().pace = new Pace(100, 1 << 20, 1000, 0, 1000, true);
    setting.create();
    try (Worker worker = setting.open("w")) {
      for (int i = 0; i < 25; i++) {
        Setting.run(worker);
        setting.nowMs += 100;
      }
      assertThat(events).containsExactly("window at 2000", "window at 3000");
      assertThat(setting.out()).containsExactly("window", "window");
    }
  }

  @Test
  void aSlowTaskIsCommittedInTime() {
    setting().create();
    for (int i = 0; i < 200; i++) {
      setting.send("slow");
    }
    setting.send("fail");
    try (Worker worker = setting.open("w")) {
      assertThatThrownBy(() -> Setting.run(worker)).isInstanceOf(TaskFailedException.class);
      assertThat(setting.out()).hasSizeGreaterThan(195);
      assertThat(worker.counters().get(Counter.COMMITS)).isGreaterThan(50);
    }
  }

  @Test
  @SuppressWarnings("unchecked") // strings are all there is
  void whatInitPutsIsCommitted() {
    setting().create();
    try (Worker worker = setting.open("w")) {
      setting.commit(worker);
    }
    setting.code = () -> (StreamTask) (envelope, collector, coordinator) -> {};
    try (Worker worker = setting.open("w")) {
      ReadOnlyKeyValueStore<?, ?> store = worker.store(new TaskName("main", 0), "store");
      assertThat(((KeyValueStore<String, String>) store).get("started")).isEqualTo("main-0");
    }
  }

  @Test
  void anIteratorLeftOpenEndsWithItsCall() {
    setting().create().send("iterate", "use iterator");
    try (Worker worker = setting.open("w")) {
      assertThatThrownBy(() -> Setting.run(worker))
          .hasMessageContaining("offset 1")
          .hasRootCauseInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void anExceptionOfTheTaskNamesTaskPartitionAndOffset() {
    setting().partitions = 2;
    setting.create().send("in", 1, "a", "fail");
    try (Worker worker = setting.open("w")) {
      assertThatThrownBy(() -> Setting.run(worker))
          .isInstanceOf(TaskFailedException.class)
          .hasMessageContaining("TM-4001")
          .hasMessageContaining("task main-1 failed at offset 1 of memory.in[1]")
          .hasMessageContaining("told to")
          .hasCauseInstanceOf(IllegalArgumentException.class);
    }
    assertThat(setting.out()).isEmpty();
  }

  @Test
  void aTaskThatCannotBeMadeLeavesNothingOpen() {
    setting().partitions = 3;
    setting.create();
    int[] made = {0};
    setting.code =
        () -> {
          if (++made[0] == 2) {
            throw new IllegalStateException("no task");
          }
          return new Obedient();
        };
    assertThatIllegalStateException().isThrownBy(() -> setting.open("w")).withMessage("no task");
    setting.open("w").close();
  }

  @Test
  void theWallClockMayJumpAsItLikes() {
    setting().create();
    try (Worker worker = setting.open("w")) {
      for (long wall : List.of(5L, 9_000_000_000_000L, 0L)) {
        setting.wallMs = wall;
        setting.send("a");
        Setting.run(worker);
      }
      assertThat(setting.out()).isEmpty();
      setting.nowMs += 100;
      Setting.run(worker);
      assertThat(setting.out()).hasSize(3);
    }
  }

  @Test
  void withoutTransactionsOutputsAreThereBeforeTheirCommitAndComeAgainAfterAKill() {
    setting().guarantee = Guarantee.AT_LEAST_ONCE;
    setting.create().send("a");
    try (Worker worker = setting.open("w")) {
      Setting.run(worker);
      assertThat(setting.out()).containsExactly("a");
    }
    try (Worker worker = setting.open("w")) {
      setting.commit(worker);
      assertThat(setting.out()).containsExactly("a", "a");
    }
    try (Worker worker = setting.open("w")) {
      setting.commit(worker);
      assertThat(setting.out()).hasSize(2);
    }
  }

  @Test
  void outputsToAnotherSystemAreFlushedBeforeTheCommit() {
    MemorySystem far = new MemorySystem("second");
    far.admin().create(new StreamSpec("far", 1, Map.of()));
    setting().systems.put("second", new Buffering(far));
    setting.create().send("elsewhere");
    try (Worker worker = setting.open("w")) {
      final long blocks = setting.memory.end("journal", 0);
      Setting.run(worker);
      assertThat(far.end("far", 0)).isZero();
      setting.commit(worker);
      assertThat(far.end("far", 0)).isEqualTo(1);
      assertThat(events).containsExactly("flushed with " + blocks + " blocks");
      assertThat(setting.memory.end("journal", 0)).isEqualTo(blocks + 1);
    }
  }

  /** Sends when it is flushed, and notes how many blocks the journal has then. */
  private final class Buffering implements StreamSystem {
    private final MemorySystem system;

    Buffering(MemorySystem system) {
      this.system = system;
    }

    @Override
    public SystemAdmin admin() {
      return system.admin();
    }

    @Override
    public SystemConsumer consumer(String clientId) {
      return system.consumer(clientId);
    }

    @Override
    public SystemProducer producer(String clientId) {
      SystemProducer producer = system.producer(clientId);
      List<OutgoingRecord> buffered = new ArrayList<>();
      return new SystemProducer() {
        @Override
        public void send(OutgoingRecord record) {
          buffered.add(record);
        }

        @Override
        public void flush() {
          events.add("flushed with " + setting.memory.end("journal", 0) + " blocks");
          buffered.forEach(producer::send);
          buffered.clear();
        }

        @Override
        public void close() {
          buffered.clear();
        }
      };
    }

    @Override
    public void close() {
      system.close();
    }
  }
}
