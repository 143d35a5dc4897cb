package io.tidemark.container;

import io.tidemark.api.ConfigException;
import io.tidemark.api.SystemStream;
import io.tidemark.config.JobSettings;
import io.tidemark.system.StreamSystem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A job as stages joined by streams. Each task has one partition of the job's journal: its place
 * among the tasks of all stages, in order.
 *
 * @param stages in the order in which records pass them
 */
record JobGraph(List<Stage> stages) {
  /** The name of the stage of a job that has only one. */
  static final String MAIN = "main";

  /** A task and its journal partition. */
  record PlacedTask(Stage stage, int partition, int journalPartition) {}

  /**
   * The graph of a job of one stage.
   *
   * @throws ConfigException (TM-2004) if an input does not exist, (TM-1010) if inputs that are read
   *     together differ in their partitions
   */
  static JobGraph of(JobSettings settings, Map<String, StreamSystem> systems) {
    Map<SystemStream, Integer> counts = partitionCounts(settings.task().inputs(), systems);
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
    return new JobGraph(List.of(new Stage(MAIN, List.copyOf(counts.keySet()), first.getValue())));
  }

  private static Map<SystemStream, Integer> partitionCounts(
      List<SystemStream> inputs, Map<String, StreamSystem> systems) {
    Map<SystemStream, Integer> counts = new LinkedHashMap<>();
    for (SystemStream input : inputs) {
      StreamSystem system = Objects.requireNonNull(systems.get(input.getSystem()));
      Integer count =
          system.admin().partitionCounts(List.of(input.getStream())).get(input.getStream());
      if (count == null) {
        throw new ConfigException(
            "TM-2004",
            String.format("the input %s does not exist; create it, or correct task.inputs", input));
      }
      counts.put(input, count);
    }
    return counts;
  }

  List<PlacedTask> tasks() {
    List<PlacedTask> tasks = new ArrayList<>();
    for (Stage stage : stages) {
      for (int partition = 0; partition < stage.partitions(); partition++) {
        tasks.add(new PlacedTask(stage, partition, tasks.size()));
      }
    }
    return tasks;
  }

  /** The tasks of one of {@code containers} containers; each task is in exactly one. */
  List<PlacedTask> tasksOf(int container, int containers) {
    return tasks().stream().filter(task -> containerOf(task, containers) == container).toList();
  }

  /** Which of {@code containers} containers runs a task. */
  static int containerOf(PlacedTask task, int containers) {
    return task.journalPartition() % containers;
  }
}
