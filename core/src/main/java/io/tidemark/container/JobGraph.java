package io.tidemark.container;

import io.tidemark.api.ConfigException;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.checkpoint.Timeline.StagePlan;
import io.tidemark.config.JobSettings;
import io.tidemark.config.StageDefinition;
import io.tidemark.config.StoreDefinition;
import io.tidemark.config.StoreSource;
import io.tidemark.state.Slots;
import io.tidemark.system.StreamSystem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * A job as stages joined by streams. Each task has one partition of the job's journal: its place
 * among the tasks of all stages, in order.
 *
 * @param stages in the order of the configuration
 */
record JobGraph(List<Stage> stages) {
  JobGraph {
    stages = List.copyOf(stages);
  }

  /** A task and its journal partition. */
  record PlacedTask(Stage stage, int number, int journalPartition) {
    TaskName name() {
      return new TaskName(stage.name(), number);
    }
  }

  /**
   * The graph of a job. Intermediate streams that are missing count with the partitions that they
   * will be created with; nothing is created here.
   *
   * @throws ConfigException (TM-2004) if an input does not exist, (TM-1010) if inputs that are read
   *     together differ in their partitions, (TM-1016) if a source of a store differs from them,
   *     (TM-1060) if a stage's inputs cannot be divided into its tasks
   */
  static JobGraph of(JobSettings settings, Map<String, StreamSystem> systems) {
    return of(settings, name -> Objects.requireNonNull(systems.get(name)));
  }

  /** The same, with systems that are opened when they are asked for. */
  static JobGraph of(JobSettings settings, Function<String, StreamSystem> systems) {
    StreamPartitions partitions = new StreamPartitions(settings, systems);
    List<Stage> stages = new ArrayList<>();
    for (StageDefinition definition : settings.stages()) {
      stages.add(stage(definition, partitions));
    }
    checkSources(settings, stages, partitions);
    return new JobGraph(stages);
  }

  /** The graph of a job as it was divided when its timeline began. */
  static JobGraph of(JobSettings settings, Timeline timeline) {
    List<Stage> stages = new ArrayList<>();
    for (StagePlan plan : timeline.stages()) {
      for (StageDefinition definition : settings.stages()) {
        if (definition.name().equals(plan.name())) {
          stages.add(
              new Stage(
                  plan.name(),
                  List.copyOf(definition.inputs()),
                  definition.stores(),
                  plan.partitions(),
                  plan.tasks(),
                  plan.slots()));
        }
      }
    }
    return new JobGraph(stages);
  }

  private static Stage stage(StageDefinition definition, StreamPartitions partitions) {
    Map<SystemStream, Integer> counts = new LinkedHashMap<>();
    for (SystemStream input : definition.inputs()) {
      counts.put(input, partitions.count(input, "the input", definition.key("inputs")));
    }
    Map.Entry<SystemStream, Integer> first = counts.entrySet().iterator().next();
    counts.forEach(
        (input, count) -> {
          if (!count.equals(first.getValue())) {
            throw new ConfigException(
                "TM-1010",
                String.format(
                    "the inputs %s and %s are read by the same tasks, partition by partition, but one has %d"
                        + " partitions and the other %d; give them the same number, or read them in two jobs",
                    first.getKey(), input, first.getValue(), count));
          }
        });
    return new Stage(
        definition.name(),
        List.copyOf(counts.keySet()),
        definition.stores(),
        first.getValue(),
        taskCount(definition, first.getValue()),
        Slots.forPartitions(first.getValue()));
  }

  private static int taskCount(StageDefinition stage, int partitions) {
    Integer given = stage.tasks();
    if (given == null) {
      return partitions;
    }
    boolean divides = given % partitions == 0 || partitions % given == 0;
    if (divides && Slots.forPartitions(partitions) % given == 0) {
      return given;
    }
    throw new ConfigException(
        "TM-1060",
        String.format(
            "%s=%d, and the stage's inputs have %d partitions: a task has whole partitions, or a"
                + " partition is divided evenly into tasks, at most %d; choose a divisor or a multiple",
            stage.tasksKey(), given, partitions, Slots.forPartitions(1)));
  }

  private static void checkSources(
      JobSettings settings, List<Stage> stages, StreamPartitions partitions) {
    for (StoreDefinition store : settings.stores().values()) {
      StoreSource source = store.source();
      if (source != null) {
        String key = "stores." + store.name() + ".source";
        int count = partitions.count(source.stream(), "the source", key);
        for (Stage stage : stages) {
          if (stage.stores().contains(store.name()) && count != stage.partitions()) {
            throw new ConfigException(
                "TM-1016",
                String.format(
                    "the source %s of store %s has %d partitions, and the input %s has %d; each task"
                        + " reads one partition of both. Give them the same number, or set"
                        + " %s.mode=broadcast for every task to have all of the source",
                    source.stream(),
                    store.name(),
                    count,
                    stage.inputs().get(0),
                    stage.partitions(),
                    key));
          }
        }
      }
    }
  }

  List<PlacedTask> tasks() {
    List<PlacedTask> tasks = new ArrayList<>();
    for (Stage stage : stages) {
      for (int number = 0; number < stage.taskCount(); number++) {
        tasks.add(new PlacedTask(stage, number, tasks.size()));
      }
    }
    return tasks;
  }

  /** How the stages are divided into tasks, in the order of the journal's partitions. */
  List<StagePlan> plan() {
    return stages.stream().map(Stage::plan).toList();
  }
}
