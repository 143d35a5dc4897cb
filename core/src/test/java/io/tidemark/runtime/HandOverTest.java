package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.ClosableTask;
import io.tidemark.api.Context;
import io.tidemark.api.FencedException;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.StreamTask;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.TaskName;
import io.tidemark.journal.JournalFactory;
import io.tidemark.runtime.TaskReport.Phase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that go from one worker to another while both run. */
@Timeout(120)
class HandOverTest {
  private static final int TASKS = 4;

  @TempDir Path root;

  private final List<String> closed = new ArrayList<>();

  /** Numbers its records in a store and sends them on, with its own number. */
  private final class Numbering implements StreamTask, InitableTask, ClosableTask {
    private KeyValueStore<String, String> store;
    private TaskName name;

    @Override
    public void init(Context context) {
      store = context.getTaskContext().getStore("store");
      name = context.getTaskContext().getTaskName();
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      String before = store.get("number");
      int number = before == null ? 1 : Integer.parseInt(before) + 1;
      store.put("number", "" + number);
      collector.send(
          new OutgoingMessageEnvelope(
              Setting.OUT, name.partition() + ":" + envelope.getMessage() + "=" + number));
    }

    @Override
    public void close() {
      closed.add(name.toString());
    }
  }

  private Setting first() {
    Setting setting = new Setting(root.resolve("one"), Numbering::new);
    setting.partitions = TASKS;
    return setting.create();
  }

  private Setting second(Setting beside) {
    return new Setting(root.resolve("two"), Numbering::new, beside);
  }

  private static TaskName task(int number) {
    return new TaskName("main", number);
  }

  /** Enough for whatever was ordered to be done. */
  private static void steps(Worker worker) {
    for (int i = 0; i < 10; i++) {
      worker.doWork();
    }
  }

  private static @Nullable Phase phase(Worker worker, int task) {
    TaskReport report = worker.reports().get(task(task));
    return report == null ? null : report.phase();
  }

  @Test
  void tasksThatRunGetATurnBetweenTheOpeningsOfOthers() {
    Setting one = first();
    one.pace =
        new WorkerSpec.Pace(10_000, 1 << 30, -1, 0, 1_000, true); // the record is not committed
    JournalFactory journals = (JournalFactory) one.systems.get("memory");
    one.systems.put(
        "memory",
        new WatchedJournals(journals, step -> one.nowMs += step.equals("commit") ? 30 : 0));
    try (Worker worker = one.open("w1", 0)) {
      one.nowMs += 30;
      worker.restore(one.task(1), 5);
      worker.start(task(1), 5);
      steps(worker);
      assertThat(phase(worker, 1)).isEqualTo(Phase.RUNNING);
      worker.restore(one.task(2), 5);
      worker.start(task(2), 5);
      one.send("in", 0, "a");
      steps(worker);
      assertThat(phase(worker, 2)).as("just after an opening").isEqualTo(Phase.READY);
      assertThat(worker.counters().get(WorkerCounters.Counter.RECORDS_IN)).isEqualTo(1);
      one.nowMs += 30;
      steps(worker);
      assertThat(phase(worker, 2)).as("as long as the opening took").isEqualTo(Phase.RUNNING);
    }
  }

  @Test
  void aTaskThatIsHandedOverInOrderFencesNobody() {
    Setting one = first();
    Setting two = second(one);
    try (Worker former = one.open("w1");
        Worker next = two.idle("w2")) {
      one.send("in", 0, "a");
      one.send("in", 1, "a");
      one.commit(former);
      next.restore(two.task(0), 5);
      steps(next);
      assertThat(phase(next, 0)).isEqualTo(Phase.READY);
      assertThat(next.reports().get(task(0)).replay().bytes())
          .isPositive()
          .isEqualTo(former.reports().get(task(0)).bytes());
      former.release(task(0));
      steps(former);
      assertThat(phase(former, 0)).isEqualTo(Phase.RELEASED);
      assertThat(closed).containsExactly("main-0");
      next.start(task(0), 5);
      steps(next);
      assertThat(next.reports().get(task(0)).generation()).isEqualTo(5);
      one.send("in", 0, "b");
      one.send("in", 1, "b");
      one.commit(former);
      two.commit(next);
      assertThat(one.out()).containsExactlyInAnyOrder("0:a=1", "1:a=1", "0:b=2", "1:b=2");
    }
  }

  @Test
  void aTaskTakenFromARunningWorkerFencesIt() {
    Setting one = first();
    Setting two = second(one);
    try (Worker former = one.open("w1");
        Worker next = two.idle("w2")) {
      next.restore(two.task(0), 5);
      next.start(task(0), 5);
      steps(next);
      one.send("in", 1, "a");
      assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> one.commit(former)))
          .isInstanceOf(FencedException.class);
    }
  }

  @Test
  void anAssignmentThatIsOutOfDateIsRefusedAndDisturbsNobody() {
    Setting one = first();
    Setting two = second(one);
    try (Worker owner = one.idle("w1");
        Worker late = two.idle("w2")) {
      owner.restore(one.task(0), 7);
      owner.start(task(0), 7);
      late.restore(two.task(1), 3);
      late.start(task(1), 3);
      steps(owner);
      steps(late);
      for (long stale : new long[] {6, 7}) {
        late.restore(two.task(0), stale);
        late.start(task(0), stale);
        steps(late);
        assertThat(phase(late, 0)).isEqualTo(Phase.FAILED);
        assertThat(late.reports().get(task(0)).failure())
            .isInstanceOf(FencedException.class)
            .hasMessageContaining("TM-3104");
      }
      one.send("in", 0, "a");
      one.send("in", 1, "a");
      one.commit(owner);
      two.commit(late);
      assertThat(one.out()).containsExactlyInAnyOrder("0:a=1", "1:a=1");
      late.forget(task(0));
      steps(late);
      assertThat(late.reports()).containsOnlyKeys(task(1));
    }
  }

  @Test
  void aTaskThatOnlyRestoresIsJustClosedAndMayComeBack() {
    Setting one = first();
    Setting two = second(one);
    try (Worker owner = one.open("w1");
        Worker other = two.idle("w2")) {
      other.restore(two.task(0), 2);
      other.release(task(0));
      steps(other);
      assertThat(phase(other, 0)).isEqualTo(Phase.RELEASED);
      other.restore(two.task(0), 3);
      other.release(task(0));
      other.restore(two.task(0), 4);
      steps(other);
      assertThat(phase(other, 0)).isEqualTo(Phase.READY);
      assertThat(other.reports().get(task(0)).generation()).isEqualTo(4);
      one.send("in", 0, "a");
      one.commit(owner);
      assertThat(one.out()).containsExactly("0:a=1");
    }
  }

  @Test
  void aReadyTaskFollowsItsFormerOwner() {
    Setting one = first();
    Setting two = second(one);
    try (Worker owner = one.open("w1");
        Worker other = two.idle("w2")) {
      other.restore(two.task(0), 2);
      steps(other);
      one.send("in", 0, "a", "b", "c");
      one.commit(owner);
      long commit = owner.reports().get(task(0)).commit();
      two.nowMs += 1000;
      steps(other);
      steps(other);
      assertThat(other.reports().get(task(0)).commit()).isEqualTo(commit);
    }
  }

  /** Moves and kills in an order drawn from a seed; each record counts once, in order. */
  @Test
  void whateverMovesAndDiesEachRecordCountsOnce() {
    long seed = Long.getLong("tidemark.seed", System.nanoTime());
    Random seeds = new Random(seed);
    for (int round = 0; round < 60; round++) {
      try {
        new Cluster(new Random(seeds.nextLong()), root.resolve("round" + round)).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + round + ": " + e, e);
      }
    }
  }

  /** Three machines, of one worker each, and who should have which task. */
  private final class Cluster {
    private static final int MACHINES = 3;

    private final Random random;
    private final Setting shared;
    private final List<Setting> settings = new ArrayList<>();
    private final List<Worker> workers = new ArrayList<>();
    private final Map<Integer, Integer> owners = new HashMap<>();
    private final Map<Integer, Integer> targets = new HashMap<>();
    private final Map<Integer, Boolean> started = new HashMap<>();
    private final List<List<String>> expected = new ArrayList<>();
    private long generation;
    private int incarnation;

    Cluster(Random random, Path directory) {
      this.random = random;
      shared = new Setting(directory, Numbering::new);
      shared.partitions = TASKS;
      shared.create();
      SurvivingEngines engines = new SurvivingEngines();
      for (int i = 0; i < MACHINES; i++) {
        Setting setting = new Setting(directory.resolve("m" + i), Numbering::new, shared);
        setting.engines = engines;
        settings.add(setting);
        workers.add(setting.idle("w" + i));
      }
      for (int task = 0; task < TASKS; task++) {
        expected.add(new ArrayList<>());
        assign(task, random.nextInt(MACHINES));
      }
    }

    private void assign(int task, int machine) {
      targets.put(task, machine);
      started.put(task, false);
      workers.get(machine).restore(settings.get(machine).task(task), 0);
    }

    void run() {
      for (int step = 0; step < 400; step++) {
        switch (random.nextInt(12)) {
          case 0 -> move(random.nextInt(TASKS));
          case 1 -> {
            if (random.nextInt(4) == 0) {
              kill(random.nextInt(MACHINES));
            }
          }
          case 2, 3 -> {
            int task = random.nextInt(TASKS);
            String message = "r" + step;
            shared.send("in", task, message);
            expected.get(task).add(task + ":" + message + "=" + (expected.get(task).size() + 1));
          }
          case 4 -> settings.forEach(setting -> setting.nowMs += 60);
          default -> workers.get(random.nextInt(MACHINES)).doWork();
        }
        coordinate();
      }
      for (int i = 0; i < 30; i++) {
        settings.forEach(setting -> setting.nowMs += 100);
        workers.forEach(Worker::doWork);
        coordinate();
      }
      workers.forEach(Worker::close);
      for (int task = 0; task < TASKS; task++) {
        String prefix = task + ":";
        assertThat(shared.out().stream().filter(out -> out.startsWith(prefix)))
            .as("task %d", task)
            .containsExactlyElementsOf(expected.get(task));
      }
    }

    private void move(int task) {
      int target = random.nextInt(MACHINES);
      if (Boolean.TRUE.equals(started.get(task)) && target != targets.get(task)) {
        owners.put(task, targets.get(task));
        assign(task, target);
      }
    }

    private void kill(int machine) {
      workers.get(machine).close();
      workers.set(machine, settings.get(machine).idle("w" + machine + "-" + ++incarnation));
      owners.values().removeIf(owner -> owner == machine);
      targets.forEach(
          (task, target) -> {
            if (target == machine) {
              assignLater.add(task);
            }
          });
      assignLater.forEach(task -> assign(task, machine));
      assignLater.clear();
    }

    private final List<Integer> assignLater = new ArrayList<>();

    /** The former owner gives up when the next is ready; that one starts when it has. */
    private void coordinate() {
      for (int task = 0; task < TASKS; task++) {
        if (Boolean.TRUE.equals(started.get(task))) {
          continue;
        }
        Integer owner = owners.get(task);
        Worker target = workers.get(targets.get(task));
        if (phase(target, task) == Phase.READY) {
          if (owner != null && phase(workers.get(owner), task) != Phase.RELEASED) {
            workers.get(owner).release(task(task));
          } else {
            target.start(task(task), ++generation);
            started.put(task, true);
            owners.remove(task);
          }
        }
      }
    }
  }
}
