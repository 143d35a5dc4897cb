package io.tidemark.api;

import java.util.Set;

/** What a task is and has. */
public interface TaskContext {

  /** The task's name. */
  TaskName getTaskName();

  /** The partitions the task reads. */
  Set<SystemStreamPartition> getSystemStreamPartitions();

  /**
   * A store of this task: a {@link KeyValueStore}, or a {@link ReadOnlyKeyValueStore} if a stream
   * feeds it.
   *
   * @param name the name in {@code stores.<name>.factory}
   * @throws ConfigException if the job has no store of that name
   */
  <S extends ReadOnlyKeyValueStore<?, ?>> S getStore(String name);
}
