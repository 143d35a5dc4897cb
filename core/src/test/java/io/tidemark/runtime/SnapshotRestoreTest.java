package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.CheckpointListener;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.StateException;
import io.tidemark.api.StreamTask;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.RestoreProgress;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockDecoder;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.JournalFactory;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalRecord;
import io.tidemark.state.StateDirectory;
import io.tidemark.system.MemoryRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A journal that was trimmed, and what its tasks start from then. */
@Timeout(60)
class SnapshotRestoreTest {
  @TempDir Path root;

  private final List<String> told = new ArrayList<>();
  private boolean refuses;

  /** Numbers its records in a store and sends them on. */
  private final class Numbering implements StreamTask, InitableTask, CheckpointListener {
    private KeyValueStore<String, String> store;

    @Override
    public void init(Context context) {
      store = context.getTaskContext().getStore("store");
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      String before = store.get("number");
      int number = before == null ? 1 : Integer.parseInt(before) + 1;
      store.put("number", "" + number);
      collector.send(
          new OutgoingMessageEnvelope(Setting.OUT, envelope.getMessage() + "=" + number));
    }

    @Override
    public void beforeCheckpoint(long number) {
      told.add("before " + number);
      if (refuses) {
        throw new IllegalStateException("not now");
      }
      store.put("checkpoint", "" + number);
    }

    @Override
    public void afterCheckpoint(long number, boolean completed) {
      told.add("after " + number + " " + completed);
    }
  }

  /** Takes the blocks up to a cut when it is made, in place of files. */
  private final class Blocks implements TaskEvents, SnapshotSource {
    private final Setting setting;
    private final List<Block> blocks = new ArrayList<>();
    private @Nullable CutPoint cut;
    private @Nullable String failed;
    private Consumer<TaskName> fetched = task -> {};

    Blocks(Setting setting) {
      this.setting = setting;
    }

    @Override
    public void cut(CutPoint made) {
      made.goOn().run();
      cut = made;
      BlockDecoder decoder = new BlockDecoder("journal");
      for (MemoryRecord record : setting.memory.records("journal", 0)) {
        LocatedBlock block = decoder.add(new JournalRecord(record.offset(), record.value()));
        if (block != null && block.block().number() <= made.commit()) {
          blocks.add(block.block());
        }
      }
    }

    @Override
    public void cutFailed(TaskName task, long generation, long checkpoint, String why) {
      failed = why;
    }

    @Override
    public boolean has(TaskName task) {
      return cut != null;
    }

    @Override
    public @Nullable Fetched fetch(
        TaskName task,
        int partition,
        StateDirectory directory,
        JournalReader journal,
        RestoreProgress.Listener listener) {
      listener.progressed(new RestoreProgress(30, 100, 60));
      fetched.accept(task);
      return new Fetched(
          cut.checkpoint(),
          cut.commit(),
          cut.position(),
          cut.journalId(),
          cut.timeMs(),
          cut.positions(),
          cut.stores(),
          cut.tasks(),
          cut.partitions(),
          cut.slots(),
          new BlocksInMemory(List.copyOf(blocks)));
    }
  }

  private static void cut(Setting setting, Worker worker, long number) {
    worker.cut(number);
    setting.commit(worker);
  }

  @Test
  void aTrimmedJournalIsGoneOnWithFromASnapshotAndNotWithoutOne() {
    Setting one = new Setting(root.resolve("one"), Numbering::new).create();
    Blocks snapshot = new Blocks(one);
    one.events = snapshot;
    one.send("a", "b");
    try (Worker worker = one.open("w")) {
      cut(one, worker, 7);
      assertThat(snapshot.cut.checkpoint()).isEqualTo(7);
      one.send("c");
      one.commit(worker);
      worker.trim(new TaskName("main", 0), snapshot.cut.position());
      one.nowMs += 100;
      Setting.run(worker);
    }
    one.memory.trim("journal", 0, snapshot.cut.position());
    Setting without = new Setting(root.resolve("two"), Numbering::new, one);
    assertThatThrownBy(() -> without.open("w"))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("TM-3006");
    for (String name : List.of("two", "one")) { // nothing local, and what the journal lacks
      Setting with = new Setting(root.resolve(name), Numbering::new, one);
      with.snapshots = snapshot;
      with.send(name);
      try (Worker worker = with.open("w")) {
        with.commit(worker);
      }
    }
    assertThat(one.out()).containsExactly("a=1", "b=2", "c=3", "two=4", "one=5");
  }

  @Test
  void aWorkerTellsHowFarASnapshotIsInPlace() {
    Setting one = new Setting(root.resolve("one"), Numbering::new).create();
    Blocks snapshot = new Blocks(one);
    one.events = snapshot;
    one.send("a");
    try (Worker worker = one.open("w")) {
      cut(one, worker, 7);
      worker.trim(new TaskName("main", 0), snapshot.cut.position());
      Setting.run(worker);
    }
    Setting two = new Setting(root.resolve("two"), Numbering::new, one);
    two.snapshots = snapshot;
    ExecutorService restorer = Executors.newSingleThreadExecutor();
    two.background = new WorkerSpec.Background(Runnable::run, Runnable::run, restorer);
    CountDownLatch seen = new CountDownLatch(1);
    snapshot.fetched = task -> awaitThat(seen);
    try (Worker worker = two.idle("w")) {
      TaskSpec task = two.task(0);
      worker.restore(task, 5);
      TaskReport report = stepUntil(worker, task.name(), now -> now.fetching() != null);
      assertThat(report.phase()).isEqualTo(TaskReport.Phase.RESTORING);
      assertThat(report.fetching()).isEqualTo(new RestoreProgress(30, 100, 60));
      assertThat(report.fetching().remainingMs()).isEqualTo(140);
      seen.countDown();
      report = stepUntil(worker, task.name(), now -> now.phase() == TaskReport.Phase.READY);
      assertThat(report.fetching()).isNull();
    } finally {
      seen.countDown();
      restorer.shutdown();
    }
  }

  private static TaskReport stepUntil(Worker worker, TaskName task, Predicate<TaskReport> awaited) {
    TaskReport report = null;
    while (report == null || !awaited.test(report)) { // the class has a timeout
      worker.doWork();
      report = worker.reports().get(task);
    }
    return report;
  }

  private static void awaitThat(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aJournalIsTrimmedOnceHoweverOftenItIsTold() {
    Setting one = new Setting(root.resolve("one"), Numbering::new).create();
    for (String message : List.of("a", "b")) {
      one.send(message);
      try (Worker worker = one.open("w")) {
        one.commit(worker);
      }
    }
    List<String> trims = new ArrayList<>();
    one.systems.put(
        "memory",
        new WatchedJournals(
            (JournalFactory) one.systems.get("memory"),
            step -> {
              if (step.equals("trim")) {
                trims.add(step);
              }
            }));
    try (Worker worker = one.open("w")) {
      for (int told = 0; told < 3; told++) {
        worker.trim(new TaskName("main", 0), 1);
        one.nowMs += 100;
        Setting.run(worker);
      }
    }
    assertThat(trims).hasSize(1);
  }

  @Test
  void aTaskIsToldOfCheckpointsAndWhatItStoresIsPartOfThem() {
    Setting one = new Setting(root.resolve("one"), Numbering::new).create();
    Blocks snapshot = new Blocks(one);
    one.events = snapshot;
    try (Worker worker = one.open("w")) {
      cut(one, worker, 3);
      worker.checkpointEnded(3, true);
      Setting.run(worker);
      worker.checkpointEnded(3, true);
      worker.checkpointEnded(2, true);
      Setting.run(worker);
      assertThat(told).containsExactly("before 3", "after 3 true");
      assertThat(snapshot.cut.checkpoint()).isEqualTo(3);
      Block block = snapshot.blocks.get(snapshot.blocks.size() - 1);
      assertThat(block.marks()).isEqualTo(new Block.Marks(3, 3, false));
      assertThat(block.stores()).hasSize(1);
    }
  }

  @Test
  void aTaskThatRefusesFailsTheCheckpointAndGoesOn() {
    Setting one = new Setting(root.resolve("one"), Numbering::new).create();
    Blocks snapshot = new Blocks(one);
    one.events = snapshot;
    refuses = true;
    try (Worker worker = one.open("w")) {
      cut(one, worker, 3);
      assertThat(snapshot.failed).contains("not now");
      assertThat(snapshot.cut).isNull();
      refuses = false;
      one.send("a");
      cut(one, worker, 4);
      assertThat(snapshot.cut.checkpoint()).isEqualTo(4);
      assertThat(one.out()).containsExactly("a=1");
    }
  }
}
