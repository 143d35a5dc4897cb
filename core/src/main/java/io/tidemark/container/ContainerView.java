package io.tidemark.container;

import io.tidemark.api.TaskName;
import io.tidemark.config.JobSettings;
import io.tidemark.runtime.Worker;
import io.tidemark.state.CommittedState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A container as other processes may ask about it. Any thread may call it.
 *
 * @param workers the container's own
 */
record ContainerView(
    JobSettings settings,
    int number,
    int count,
    List<PlacedTask> tasks,
    List<Worker> workers,
    PartitioningKeys partitioningKeys)
    implements ServedContainer {

  @Override
  public @Nullable CommittedState state(TaskName task) {
    for (Worker worker : workers) {
      CommittedState state = worker.committedState(task);
      if (state != null) {
        return state;
      }
    }
    return null;
  }

  @Override
  public byte[] partitioningKey(String store, byte[] key) {
    return partitioningKeys.of(store, key);
  }
}
