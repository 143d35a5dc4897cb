package io.tidemark.api;

import java.util.Set;

/** What a task is and has. */
public interface TaskContext {

  /** The task's name. */
  TaskName getTaskName();

  /** The partitions the task reads; not those that feed its stores. */
  Set<SystemStreamPartition> getSystemStreamPartitions();

  /**
   * A store of this task: a {@link KeyValueStore}, or a {@link ReadOnlyKeyValueStore} if a stream
   * feeds it. The latter may be declared as a {@code KeyValueStore} too, and refuses to be written
   * with an {@link UnsupportedOperationException}.
   *
   * @param name the name in {@code stores.<name>.factory}
   * @throws ConfigException if the job has no store of that name
   */
  <S extends ReadOnlyKeyValueStore<?, ?>> S getStore(String name);
}
