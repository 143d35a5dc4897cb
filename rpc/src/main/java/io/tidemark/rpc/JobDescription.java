package io.tidemark.rpc;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a running job says of itself.
 *
 * @param job its name and id, {@code NAME-ID}
 * @param containers the addresses, {@code host:port}, of its containers by number; empty for one
 *     that does not run
 * @param tasks all tasks
 * @param stores all stores of tasks
 */
public record JobDescription(
    String job, Map<Integer, String> containers, List<Task> tasks, List<Store> stores) {
  public JobDescription {
    containers = new TreeMap<>(containers);
    tasks = List.copyOf(tasks);
    stores = List.copyOf(stores);
  }

  /**
   * A task.
   *
   * @param name {@code stage-partition}
   * @param stage its stage
   * @param partition its partition
   * @param partitions how many partitions its stage has
   * @param slots how many slots the keys of its stage fall into; 0 if not known yet
   * @param container the number of the container that runs it
   */
  public record Task(
      String name, String stage, int partition, int partitions, int slots, int container) {}

  /**
   * A store.
   *
   * @param name its name
   * @param keySerde the serde of keys as the configuration names it
   * @param valueSerde the serde of values as the configuration names it
   * @param hasPartitioningKey whether a part of the key decides its partition
   * @param whole whether it is one whole per task
   * @param stage the stage whose tasks have it
   */
  public record Store(
      String name,
      String keySerde,
      String valueSerde,
      boolean hasPartitioningKey,
      boolean whole,
      String stage) {}

  /** The tasks that have a store; all, if the job has no such store or does not say. */
  public List<Task> tasksOf(String store) {
    String stage =
        stores.stream()
            .filter(known -> known.name().equals(store))
            .map(Store::stage)
            .findFirst()
            .orElse("");
    return stage.isEmpty()
        ? tasks
        : tasks.stream().filter(task -> task.stage().equals(stage)).toList();
  }
}
