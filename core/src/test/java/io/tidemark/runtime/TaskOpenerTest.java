package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.ConfigException;
import io.tidemark.api.Context;
import io.tidemark.api.FencedException;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.StateException;
import io.tidemark.api.StreamTask;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.TaskCoordinator.RequestScope;
import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.journal.BlockDecoder;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.JournalFactory;
import io.tidemark.journal.JournalRecord;
import io.tidemark.system.MemoryRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TaskOpenerTest {
  private static final TaskName TASK = new TaskName("main", 0);

  @TempDir Path root;

  /** Numbers its records in a store, sends them on, and commits after each. */
  private static final class Numbering implements StreamTask, InitableTask {
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
      coordinator.commit(RequestScope.CURRENT_TASK);
    }
  }

  private Setting machine(String name) {
    return new Setting(root.resolve(name), Numbering::new);
  }

  private Setting machine(String name, Setting beside) {
    return new Setting(root.resolve(name), Numbering::new, beside);
  }

  @Test
  void aFormerOwnerCannotCommitAnyMore() {
    Setting one = machine("one").create();
    Setting two = machine("two", one);
    one.send("a");
    try (Worker former = one.open("w1")) {
      Setting.run(former);
      one.send("b");
      try (Worker next = two.open("w2")) {
        assertThatThrownBy(() -> Setting.run(former)).isInstanceOf(FencedException.class);
        assertThat(one.out()).containsExactly("a=1");
        Setting.run(next);
        assertThat(one.out()).containsExactly("a=1", "b=2");
      }
    }
  }

  @Test
  void aWorkerOfTheSameNameTakesOver() {
    Setting one = machine("one").create();
    Setting two = machine("two", one);
    try (Worker former = one.open("w");
        Worker next = two.open("w")) {
      one.send("a");
      assertThatThrownBy(() -> Setting.run(former)).isInstanceOf(FencedException.class);
      Setting.run(next);
      assertThat(one.out()).containsExactly("a=1");
    }
  }

  @Test
  void aSecondWorkerOverTheSameDirectoryIsRefusedAndDoesNotDisturb() {
    Setting one = machine("one").create();
    try (Worker first = one.open("w1")) {
      assertThatThrownBy(() -> one.open("w2"))
          .isInstanceOf(StateException.class)
          .hasMessageContaining("TM-3002");
      one.send("a");
      Setting.run(first);
      assertThat(one.out()).containsExactly("a=1");
    }
  }

  @Test
  void aFormerWriterOfTwoTasksThatAreOpenedOneAfterTheOtherCommitsNothingMore() {
    Setting one = ofTwoTasks("one").create();
    Setting two = machine("two", one);
    one.send("in", 0, "a");
    one.send("in", 1, "b");
    try (Worker former = one.open("w1")) {
      Setting.run(former);
      try (Worker next = two.open("w2", 0)) {
        one.send("in", 1, "c");
        assertThatThrownBy(() -> Setting.run(former)).isInstanceOf(FencedException.class);
        take(next, two.task(1));
        assertThat(one.out()).containsExactlyInAnyOrder("a=1", "b=1", "c=2");
      }
    }
  }

  @Test
  void aWriterOfTheSameNameThatCameBackInBetweenIsFencedToo() {
    Setting one = ofTwoTasks("one").create();
    Setting two = machine("two", one);
    Setting three = machine("three", one);
    one.open("w1").close();
    try (Worker next = two.open("w2", 0);
        Worker back = three.open("w1", 1)) {
      one.send("in", 1, "a");
      Setting.run(back);
      one.send("in", 1, "b");
      take(next, two.task(1));
      assertThatThrownBy(() -> three.commit(back)).isInstanceOf(FencedException.class);
      assertThat(one.out()).containsExactly("a=1", "b=2");
    }
  }

  private Setting ofTwoTasks(String name) {
    Setting setting = machine(name);
    setting.partitions = 2;
    return setting;
  }

  private static void take(Worker worker, TaskSpec task) {
    worker.restore(task, 0);
    worker.start(task.name(), 0);
    Setting.run(worker);
  }

  @Test
  void anOpeningBlockRightBehindWhatWasReadIsNotReadAgain() {
    Setting one = machine("one").create();
    one.send("a");
    try (Worker worker = one.open("w1")) {
      Setting.run(worker);
    }
    Setting two = machine("two", one);
    List<String> steps = new ArrayList<>();
    two.systems.put("memory", watched(two, steps::add));
    try (Worker worker = two.open("w2")) {
      assertThat(steps.subList(steps.indexOf("commit"), steps.size())).containsExactly("commit");
      one.send("b");
      Setting.run(worker);
    }
    one.send("c");
    try (Worker worker = one.open("w1")) {
      Setting.run(worker);
    }
    assertThat(one.out()).containsExactly("a=1", "b=2", "c=3");
    assertBlocksFollowOneAnother(one, 5);
  }

  @Test
  void whoTakesPossessionBeforeAnOpeningBlockIsFencedAndWhatItDidCounts() {
    Setting one = machine("one").create();
    one.send("a");
    try (Worker worker = one.open("w1")) {
      Setting.run(worker);
    }
    Setting two = machine("two", one);
    Setting three = machine("three", one);
    List<Worker> between = new ArrayList<>();
    Runnable openAndWork =
        () -> {
          between.add(three.open("w3"));
          one.send("b");
          Setting.run(between.get(0));
        };
    two.systems.put("memory", watched(two, once("commit", openAndWork)));
    try (Worker worker = two.open("w2")) {
      one.send("c");
      assertThatThrownBy(() -> Setting.run(between.get(0))).isInstanceOf(FencedException.class);
      Setting.run(worker);
      assertThat(one.out()).containsExactly("a=1", "b=2", "c=3");
    }
    between.get(0).close();
  }

  @Test
  void twoThatBeginAJournalAtTheSameTimeAgreeOnIt() {
    Setting one = machine("one").create();
    Setting two = machine("two", one);
    List<Worker> opened = new ArrayList<>();
    one.systems.put("memory", watched(one, once("commit", () -> opened.add(two.open("w2")))));
    one.send("a");
    try (Worker first = one.open("w1")) {
      Setting.run(first);
      assertThat(one.out()).containsExactly("a=1");
      assertThatThrownBy(() -> Setting.run(opened.get(0))).isInstanceOf(FencedException.class);
    }
    opened.get(0).close();
    one.send("b");
    try (Worker second = two.open("w2")) {
      Setting.run(second);
    }
    one.send("c");
    try (Worker first = one.open("w1")) {
      Setting.run(first);
    }
    assertThat(one.out()).containsExactly("a=1", "b=2", "c=3");
  }

  @Test
  void aTaskThatDiedBeforeItBeganItsJournalMayBeBegunElsewhereAndComeBack() {
    Setting one = machine("one").create();
    Setting two = machine("two", one);
    JournalFactory journals = (JournalFactory) one.systems.get("memory");
    one.systems.put(
        "memory",
        watched(
            one,
            once(
                "commit",
                () -> {
                  throw new IllegalStateException("killed");
                })));
    assertThatThrownBy(() -> one.open("w")).hasMessage("killed");
    one.systems.put("memory", journals);
    one.send("a");
    try (Worker elsewhere = two.open("w")) {
      Setting.run(elsewhere);
    }
    one.send("b");
    try (Worker back = one.open("w")) {
      Setting.run(back);
    }
    assertThat(one.out()).containsExactly("a=1", "b=2");
  }

  @Test
  void whoKeepsComingSecondGivesUpInTheEnd() {
    Setting one = machine("one").create();
    Setting two = machine("two", one);
    one.systems.put(
        "memory",
        watched(
            one,
            step -> {
              if (step.equals("commit")) {
                two.open("w2").close();
              }
            }));
    assertThatThrownBy(() -> one.open("w1"))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("TM-3102")
        .hasMessageContaining("main-0");
    try (Worker next = two.open("w2")) {
      one.send("a");
      Setting.run(next);
      assertThat(one.out()).containsExactly("a=1");
    }
  }

  private static WatchedJournals watched(Setting setting, Consumer<String> before) {
    return new WatchedJournals((JournalFactory) setting.systems.get("memory"), before);
  }

  private static Consumer<String> once(String step, Runnable action) {
    boolean[] done = {false};
    return taken -> {
      if (taken.equals(step) && !done[0]) {
        done[0] = true;
        action.run();
      }
    };
  }

  @Test
  void aJournalThatWasLostIsAnErrorWithStoresAndWithout() {
    for (boolean stores : List.of(true, false)) {
      Setting before = machine("stores " + stores).create();
      Setting after = machine("stores " + stores);
      if (!stores) {
        before.stores = List.of();
        after.stores = List.of();
        before.code = () -> (StreamTask) (envelope, collector, coordinator) -> {};
        after.code = before.code;
      }
      before.send("a");
      try (Worker worker = before.open("w")) {
        before.commit(worker);
        worker.finish();
      }
      after.create().send("a");
      assertJournalRefused(after, "main-0").hasMessageContaining("Was the journal deleted");
    }
  }

  @Test
  void aJournalThatLostItsBeginningIsAnErrorWhereNothingElseHasIt() {
    Setting one = machine("one").create();
    one.send("a", "b", "c");
    try (Worker worker = one.open("w")) {
      Setting.run(worker);
    }
    assertThat(one.memory.end("journal", 0)).isEqualTo(4);
    for (long oldest = 1; oldest <= 4; oldest++) {
      one.memory.trim("journal", 0, oldest);
      if (oldest < 4) {
        assertJournalRefused(machine("empty", one), "block");
      }
      assertJournalRefused(one, "Was the journal deleted");
    }
  }

  @Test
  void aJournalThatLostWhatTheLocalStateHasIsFine() {
    Setting one = machine("one").create();
    one.stores = List.of();
    one.code =
        () ->
            (StreamTask)
                (envelope, collector, coordinator) ->
                    collector.send(new OutgoingMessageEnvelope(Setting.OUT, envelope.getMessage()));
    one.send("a", "b");
    try (Worker worker = one.open("w")) {
      one.commit(worker);
      worker.finish();
    }
    one.memory.trim("journal", 0, one.memory.end("journal", 0) - 1);
    one.send("c");
    try (Worker worker = one.open("w")) {
      one.commit(worker);
    }
    assertThat(one.out()).containsExactly("a", "b", "c");
  }

  @Test
  void anotherJobsJournalIsAnErrorThatNamesBothIds() {
    Setting one = machine("one").create();
    runToEnd(one);
    Setting other = machine("other").create();
    runToEnd(other);
    Setting mixed = machine("one", other);
    assertJournalRefused(mixed, "has the id").hasMessageContaining("the local state belongs to");
    one.open("w").close();
    other.open("w").close();
  }

  private static void runToEnd(Setting setting) {
    try (Worker worker = setting.open("w")) {
      worker.finish();
    }
  }

  @Test
  void aNewDirectoryIsClaimedWhenAnEngineGetsTheFirstBlockAndNotWhileTasksAreOpened() {
    Setting one = machine("one").create();
    Path identity = root.resolve("one/job-1/main-0/identity");
    one.send("a");
    try (Worker worker = one.open("w")) {
      assertThat(identity).doesNotExist();
      Setting.run(worker);
      worker.finish();
      assertThat(identity).exists();
      assertThat(identity.resolveSibling("opening")).exists();
    }
    assertThat(one.out()).containsExactly("a=1");
  }

  @Test
  void aTaskWhoseDirectoryNobodyClaimedBeforeACrashIsRebuiltFromTheJournal() {
    Setting one = machine("one").create();
    one.send("a");
    try (Worker worker = one.open("w")) {
      Setting.run(worker);
    }
    assertThat(root.resolve("one/job-1/main-0/identity")).doesNotExist();
    one.send("b");
    try (Worker worker = one.open("w")) {
      Setting.run(worker);
    }
    assertThat(one.out()).containsExactly("a=1", "b=2");
  }

  @Test
  void anOpeningRightBehindAllThatWasReadIsNotReadAgain() {
    Setting one = machine("one").create();
    List<String> steps = new ArrayList<>();
    one.systems.put("memory", watched(one, steps::add));
    for (int time = 0; time < 2; time++) { // with the journal's first block, and after others
      steps.clear();
      try (Worker worker = one.open("w")) {
        assertThat(steps).contains("end").endsWith("commit");
        one.send("a");
        Setting.run(worker);
        worker.finish();
      }
    }
    assertThat(one.out()).containsExactly("a=1", "a=2");
  }

  private static AbstractThrowableAssert<?, ?> assertJournalRefused(Setting setting, String what) {
    return assertThatThrownBy(() -> setting.open("w").close())
        .isInstanceOf(StateException.class)
        .hasMessageContaining("TM-3006")
        .hasMessageContaining(what);
  }

  @Test
  void anotherCountOfPartitionsIsAnErrorWithLocalStateAndWithout() {
    Setting one = machine("one").create();
    runToEnd(one);
    for (String name : List.of("one", "elsewhere")) {
      Setting wider = machine(name, one);
      wider.partitions = 2;
      assertThatThrownBy(() -> wider.open("w", 0))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("TM-1011")
          .hasMessageContaining("begun with 1 input partitions")
          .hasMessageContaining("now have 2");
    }
  }

  @Test
  void aDamagedBlockIsAnErrorThatNamesItsPlace() {
    Setting one = machine("one").create();
    one.send("a");
    try (Worker worker = one.open("w")) {
      Setting.run(worker);
    }
    byte[] block = one.memory.records("journal", 0).get(1).value();
    block[block.length - 1] ^= 1; // the memory system hands out its own
    assertThatThrownBy(() -> machine("empty", one).open("w"))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("TM-3007")
        .hasMessageContaining("partition 0 of journal journal (task main-0)")
        .hasMessageContaining("position 1");
  }

  @Test
  void largeBlocksAreReplayed() {
    Setting one = machine("one");
    one.maxRecordBytes = 60;
    one.create().send("a".repeat(500), "b".repeat(500));
    try (Worker worker = one.open("w")) {
      Setting.run(worker);
    }
    assertThat(one.memory.end("journal", 0)).isGreaterThan(6);
    Setting two = machine("two", one);
    one.send("c");
    try (Worker worker = two.open("w")) {
      Setting.run(worker);
      assertThat(worker.store(TASK, "store")).isNotNull();
    }
    assertThat(one.out()).last().isEqualTo("c=3");
  }

  /** Some machines want the same task again and again, in an order drawn from a seed. */
  @Test
  void whateverTheInterleavingEachRecordCountsOnceAndTwoNeverOwnTheTask() throws Exception {
    long seed = Long.getLong("tidemark.seed", System.nanoTime());
    Random seeds = new Random(seed);
    for (int round = 0; round < 150; round++) {
      try {
        contend(new Random(seeds.nextLong()), root.resolve("round" + round));
      } catch (AssertionError | Exception e) {
        throw new AssertionError("seed " + seed + ", round " + round + ": " + e, e);
      }
    }
  }

  private static void contend(Random random, Path directory) throws Exception {
    int machines = 2 + random.nextInt(2);
    Setting shared = new Setting(directory, Numbering::new).create();
    List<String> expected = new ArrayList<>();
    for (int i = 1; i <= 30; i++) {
      shared.send("r" + i);
      expected.add("r" + i + "=" + i);
    }
    Turns turns = new Turns(random, machines);
    List<Contender> contenders =
        IntStream.range(0, machines)
            .mapToObj(i -> new Contender("w" + i, shared, turns, new Random(random.nextLong())))
            .toList();
    try {
      List<Future<?>> contending =
          contenders.stream().<Future<?>>map(c -> c.thread.submit(c::contend)).toList();
      for (Future<?> one : contending) {
        one.get();
      }
      int owners = 0;
      for (Contender contender : contenders) {
        owners += contender.thread.submit(contender::commitsTheRest).get() ? 1 : 0;
        if (contender.worker != null) {
          expected.add("last=" + (expected.size() + 1));
        }
      }
      assertThat(owners).as("owners left").isLessThanOrEqualTo(1);
      try (Worker fresh = new Setting(directory.resolve("new"), Numbering::new, shared).open("w")) {
        Setting.run(fresh); // none may be left: two can fence each other by what was true before
      }
      assertThat(shared.out()).isEqualTo(expected);
      assertBlocksFollowOneAnother(shared, 32);
    } finally {
      contenders.forEach(Contender::close);
    }
  }

  private static void assertBlocksFollowOneAnother(Setting setting, long least) {
    BlockDecoder decoder = new BlockDecoder("the journal");
    long number = 0;
    for (MemoryRecord record : setting.memory.records("journal", 0)) {
      LocatedBlock block = decoder.add(new JournalRecord(record.offset(), record.value()));
      if (block != null) {
        assertThat(block.block().number()).isEqualTo(++number);
      }
    }
    assertThat(number).isGreaterThanOrEqualTo(least);
  }

  /** A machine that opens the task a few times, works a little, and keeps the last worker open. */
  private static final class Contender {
    final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Setting setting;
    private final String name;
    private final Turns turns;
    private final Random random;
    private @Nullable Worker worker;
    private volatile boolean alone;

    Contender(String name, Setting shared, Turns turns, Random random) {
      this.name = name;
      this.turns = turns;
      this.random = random;
      setting = new Setting(shared.directory.resolve(name), Numbering::new, shared);
      setting.systems.put("memory", watched(shared, step -> take()));
    }

    private void take() {
      if (!alone) {
        turns.take(name);
      }
    }

    void contend() {
      try {
        for (int life = 1 + random.nextInt(3); life > 0; life--) {
          live(life == 1);
        }
      } finally {
        alone = true;
        turns.end();
      }
    }

    private void live(boolean last) {
      try {
        Worker opened = setting.open(name);
        worker = opened;
        for (int steps = random.nextInt(6); steps > 0; steps--) {
          opened.doWork();
        }
        if (!last) {
          stop();
        }
      } catch (FencedException e) {
        stop();
      } catch (StateException e) {
        assertThat(e.code()).isEqualTo("TM-3102");
      }
    }

    private void stop() {
      if (worker != null) {
        worker.close();
        worker = null;
      }
    }

    /** Whether this one can still commit; then it commits one more record at least. */
    boolean commitsTheRest() {
      if (worker == null) {
        return false;
      }
      try {
        setting.send("last");
        Setting.run(worker);
        return true;
      } catch (TidemarkException e) {
        assertThat(e).isInstanceOf(FencedException.class);
        return false;
      }
    }

    void close() {
      stop();
      thread.shutdown();
    }
  }
}
