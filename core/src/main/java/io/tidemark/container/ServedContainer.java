package io.tidemark.container;

import io.tidemark.api.TaskName;
import io.tidemark.config.JobSettings;
import io.tidemark.state.CommittedState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a running container offers to be asked about. Any thread may call it. */
public interface ServedContainer {

  /** The job's configuration. */
  JobSettings settings();

  /** Which container this is, from 0. */
  int number();

  /** All tasks of the job, in order. */
  List<PlacedTask> tasks();

  /** The state of a task; null if it is not open here, or not yet. */
  @Nullable CommittedState state(TaskName task);

  /**
   * What of a store's key decides its partition.
   *
   * @param key as the store's serde writes it
   * @throws IllegalArgumentException if the store has a {@link io.tidemark.api.PartitioningKey},
   *     and that cannot make anything of the key
   */
  byte[] partitioningKey(String store, byte[] key);

  /**
   * A task of the job.
   *
   * @param name its name
   * @param partitions how many partitions, and so tasks, its stage has
   * @param container the number of the container that runs it
   */
  record PlacedTask(TaskName name, int partitions, int container) {}
}
