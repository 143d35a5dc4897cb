package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Header;
import io.tidemark.api.Partition;
import io.tidemark.api.StringSerde;
import io.tidemark.api.SystemStream;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Division;
import io.tidemark.checkpoint.FormerPositions;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.checkpoint.Timeline.StagePlan;
import io.tidemark.checkpoint.Trigger;
import io.tidemark.system.KeyHash;
import io.tidemark.system.RecordBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Tasks that are split and merged again and again while they read: each record is processed once
 * and by one of them, and those of a key in order. Also where some other partitioner has put the
 * keys, and of records that have none.
 */
class DividedReadingTest {
  private static final SystemStream STREAM = new SystemStream("memory", "in");
  private static final InputSpec SPEC =
      new InputSpec(
          STREAM,
          new StringSerde(),
          new StringSerde(),
          true,
          InputSpec.OnError.FAIL,
          null,
          null,
          false);

  /** A partition's records are their keys; one without a key is null. */
  private record Log(SystemStreamPartition partition, List<@Nullable String> keys)
      implements RecordBatch {
    @Override
    public int size() {
      return keys.size();
    }

    @Override
    public byte @Nullable [] key(int index) {
      String key = keys.get(index);
      return key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte @Nullable [] value(int index) {
      return null;
    }

    @Override
    public long timestamp(int index) {
      return 0;
    }

    @Override
    public List<Header> headers(int index) {
      return List.of();
    }

    @Override
    public String offset(int index) {
      return Integer.toString(index);
    }

    @Override
    public String offsetAfter(int index) {
      return Integer.toString(index + 1);
    }
  }

  /** A job in the making: its logs, and what its tasks have processed of them. */
  private static final class Model {
    private final Random random;
    private final int partitions;
    private final boolean strange;
    private final List<Log> logs = new ArrayList<>();
    private final Map<String, List<Integer>> processed = new TreeMap<>();
    private final Map<TaskName, Map<SystemStreamPartition, String>> positions = new HashMap<>();
    private StagePlan stage;
    private int repeats;

    Model(Random random, int partitions, int tasks) {
      this.random = random;
      this.partitions = partitions;
      this.strange = random.nextInt(3) == 0;
      this.stage = new StagePlan("main", tasks, partitions, 128 * partitions);
      for (int p = 0; p < partitions; p++) {
        logs.add(new Log(new SystemStreamPartition(STREAM, new Partition(p)), new ArrayList<>()));
      }
      for (int task = 0; task < tasks; task++) {
        Map<SystemStreamPartition, String> none = new HashMap<>();
        read(task).forEach(log -> none.put(log.partition, "0"));
        positions.put(new TaskName("main", task), none);
      }
    }

    private List<Log> read(int task) {
      int each = Math.min(stage.tasks(), partitions);
      return logs.stream()
          .filter(log -> log.partition.getPartition().id() % each == task % each)
          .toList();
    }

    void write(int records) {
      for (int i = 0; i < records; i++) {
        String key = random.nextInt(20) == 0 ? null : "k" + random.nextInt(30);
        int hash = key == null ? i : KeyHash.of(key.getBytes(StandardCharsets.UTF_8));
        logs.get((strange ? hash / 7 : hash) % partitions).keys.add(key);
      }
    }

    /** Each task reads on, some far, some not at all; to the end if told so. */
    void read(boolean all) {
      List<Integer> order = new ArrayList<>();
      for (int task = 0; task < stage.tasks(); task++) {
        order.add(task);
      }
      Collections.shuffle(order, random);
      Timeline timeline = new Timeline(1, "j", List.of(stage), List.of());
      for (int task : order) {
        TaskName name = new TaskName("main", task);
        Share share = new Share(stage.tasks(), stage.partitions(), task);
        Gate gate = new Gate(timeline, new Stamp(1, 0), share, new WorkerCounters());
        for (Log log : read(task)) {
          Map<SystemStreamPartition, String> own = positions.get(name);
          int begin = Integer.parseInt(own.get(log.partition));
          int end = all ? log.size() : begin + random.nextInt(log.size() - begin + 1);
          own.put(log.partition, read(log, begin, end, name, timeline, gate));
        }
      }
    }

    private String read(Log log, int begin, int end, TaskName name, Timeline timeline, Gate gate) {
      Repeats known = Repeats.of(timeline, name, log.partition, Model::compare);
      Input input = new Input(log.partition, SPEC, null, known, Integer.toString(begin));
      for (int i = begin; i < end; i++) {
        Gate.Verdict verdict = gate.look(input, log, i);
        assertThat(gate.look(input, log, i)).isEqualTo(verdict);
        if (verdict == Gate.Verdict.COUNTS) {
          String key = log.keys.get(i) + " of " + log.partition.getPartition().id();
          processed.computeIfAbsent(key, k -> new ArrayList<>()).add(i);
        } else if (verdict == Gate.Verdict.REPEATED) {
          repeats++;
        }
        input.processed(log, i);
      }
      return input.position();
    }

    private static int compare(String one, String other) {
      return Integer.compare(Integer.parseInt(one), Integer.parseInt(other));
    }

    void divide(int tasks) {
      List<TaskManifest> parts = new ArrayList<>();
      positions.forEach((task, own) -> parts.add(part(task, own)));
      CheckpointManifest cut =
          new CheckpointManifest(
              "job",
              1,
              "",
              Trigger.REQUEST,
              new Timeline(1, "j", List.of(stage), List.of()),
              0,
              0,
              parts);
      FormerPositions former =
          new FormerPositions(cut, Set.of(STREAM), (input, one, other) -> compare(one, other));
      StagePlan next = new StagePlan("main", tasks, partitions, stage.slots());
      stage = new StagePlan("main", tasks, partitions, stage.slots(), former.repeats(next));
      positions.clear();
      for (int task = 0; task < tasks; task++) {
        TaskName name = new TaskName("main", task);
        Map<SystemStreamPartition, String> begin =
            former.of(new Division(name, tasks, stage.slots()), partitions);
        Map<SystemStreamPartition, String> own = new HashMap<>();
        read(task).forEach(log -> own.put(log.partition, begin.get(log.partition)));
        assertThat(own.values()).doesNotContainNull();
        positions.put(name, own);
      }
    }

    private TaskManifest part(TaskName task, Map<SystemStreamPartition, String> own) {
      return new TaskManifest(
          task,
          stage.tasks(),
          partitions,
          stage.slots(),
          1,
          0,
          0,
          own,
          List.of(),
          List.of(),
          List.of(),
          new TaskManifest.Work(0, 0, 0, 0, 0));
    }

    void check() {
      Map<String, List<Integer>> expected = new TreeMap<>();
      for (Log log : logs) {
        for (int i = 0; i < log.size(); i++) {
          String key = log.keys.get(i) + " of " + log.partition.getPartition().id();
          expected.computeIfAbsent(key, k -> new ArrayList<>()).add(i);
        }
      }
      assertThat(processed).isEqualTo(expected);
    }
  }

  private static int run(long seed, int partitions, int[] divisions) {
    Model model = new Model(new Random(seed), partitions, divisions[0]);
    try {
      for (int i = 1; i < divisions.length; i++) {
        model.write(150);
        model.read(false);
        model.divide(divisions[i]);
      }
      model.read(true);
      model.check();
      model.divide(divisions[0]);
      assertThat(model.stage.repeats()).as("repeats when all is read").isEmpty();
      return model.repeats;
    } catch (Throwable e) {
      throw new AssertionError("with seed " + seed + ": " + e, e);
    }
  }

  @Test
  void eachRecordIsProcessedOnceAndInOrderHoweverTasksAreSplitAndMerged() {
    int repeats = 0;
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      int partitions = 1 + random.nextInt(4);
      List<Integer> choices = new ArrayList<>();
      for (int tasks = 1; tasks <= 16 * partitions; tasks++) {
        boolean divides = tasks % partitions == 0 || partitions % tasks == 0;
        if (divides && 128 * partitions % tasks == 0) {
          choices.add(tasks);
        }
      }
      int[] divisions =
          random.ints(2 + random.nextInt(8), 0, choices.size()).map(choices::get).toArray();
      repeats += run(seed, partitions, divisions);
    }
    assertThat(repeats).as("records passed over").isGreaterThan(10_000);
  }

  @Test
  void tasksOfThreePartitionsAreDividedInStepsThatDoNotDivideEachOther() {
    for (long seed = 0; seed < 100; seed++) {
      run(seed, 6, new int[] {12, 3, 24, 2, 6, 48, 1, 12});
    }
  }

  @Test
  void whatIsReadAgainIsForgottenWhenAllHaveComePastIt() {
    Set<Integer> sizes = new HashSet<>();
    for (long seed = 0; seed < 50; seed++) {
      Model model = new Model(new Random(seed), 1, 8);
      model.write(200);
      model.read(false);
      model.divide(1);
      sizes.add(model.stage.repeats().size());
      model.divide(8); // nothing was read meanwhile, so all is carried on
      assertThat(model.stage.repeats()).isNotEmpty();
      model.read(true);
      model.check();
      model.divide(1);
      assertThat(model.stage.repeats()).isEmpty();
    }
    assertThat(sizes).contains(7);
  }
}
