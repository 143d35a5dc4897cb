package io.tidemark.cli.state;

import io.tidemark.api.TaskName;
import io.tidemark.state.StoreSpec;
import io.tidemark.system.KeyHash;
import java.util.List;

/**
 * Who is asked for a key: the task to which it belongs by its hash, and only if that has none, as
 * where a store's keys do not follow the input's partitioning, the others. Of a store with the
 * scope of a task, that is all of them.
 *
 * @param first those to ask first
 * @param then the rest
 */
record Owners(List<TaskName> first, List<TaskName> then) {

  /**
   * @param tasks those that may be asked
   * @param count how many tasks the store's stage has
   */
  static Owners of(StoreSpec store, StateSource.Key key, List<TaskName> tasks, int count) {
    if (!store.splittable()) {
      return new Owners(List.of(), tasks);
    }
    // Their number divides that of slots, so that the hash tells the task without the slot.
    int owner = KeyHash.partition(key.partitioningKey(), count);
    return new Owners(
        tasks.stream().filter(task -> task.partition() == owner).toList(),
        tasks.stream().filter(task -> task.partition() != owner).toList());
  }
}
