package io.tidemark.container;

import io.tidemark.api.ConfigException;
import io.tidemark.api.SystemStream;
import io.tidemark.config.JobSettings;
import io.tidemark.config.StoreDefinition;
import io.tidemark.config.StoreSource;
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
   *     together differ in their partitions, (TM-1016) if a source of a store differs from them
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
    checkSources(settings, systems, first);
    return new JobGraph(List.of(new Stage(MAIN, List.copyOf(counts.keySet()), first.getValue())));
  }

  private static void checkSources(
      JobSettings settings,
      Map<String, StreamSystem> systems,
      Map.Entry<SystemStream, Integer> input) {
    for (StoreDefinition store : settings.stores().values()) {
      StoreSource source = store.source();
      if (source != null) {
        String key = "stores." + store.name() + ".source";
        int count = partitionCount(source.stream(), "the source", key, systems);
        if (store.isFedByPartition() && count != input.getValue()) {
          throw new ConfigException(
              "TM-1016",
              String.format(
                  "the source %s of store %s has %d partitions, and the input %s has %d; each task"
                      + " reads one partition of both. Give them the same number, or set"
                      + " %s.mode=broadcast for every task to have all of the source",
                  source.stream(), store.name(), count, input.getKey(), input.getValue(), key));
        }
      }
    }
  }

  private static Map<SystemStream, Integer> partitionCounts(
      List<SystemStream> inputs, Map<String, StreamSystem> systems) {
    Map<SystemStream, Integer> counts = new LinkedHashMap<>();
    for (SystemStream input : inputs) {
      counts.put(input, partitionCount(input, "the input", "task.inputs", systems));
    }
    return counts;
  }

  private static int partitionCount(
      SystemStream stream, String what, String key, Map<String, StreamSystem> systems) {
    StreamSystem system = Objects.requireNonNull(systems.get(stream.getSystem()));
    Integer count =
        system.admin().partitionCounts(List.of(stream.getStream())).get(stream.getStream());
    if (count == null) {
      throw new ConfigException(
          "TM-2004",
          String.format("%s %s does not exist; create it, or correct %s", what, stream, key));
    }
    return count;
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
