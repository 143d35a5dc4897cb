package io.tidemark.container;

import io.tidemark.api.TaskName;
import io.tidemark.config.JobSettings;
import io.tidemark.runtime.Worker;
import io.tidemark.state.CommittedState;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A container as other processes may ask about it. Any thread may call it.
 *
 * @param placement the number of the container that has a task at the moment; -1 if none has
 * @param workers the container's own
 */
record ContainerView(
    JobSettings settings,
    int number,
    JobGraph graph,
    ToIntFunction<TaskName> placement,
    List<Worker> workers,
    PartitioningKeys partitioningKeys)
    implements ServedContainer {

  @Override
  public List<PlacedTask> tasks() {
    return graph.tasks().stream()
        .map(
            task ->
                new PlacedTask(
                    task.name(),
                    task.stage().partitions(),
                    state(task.name()) != null ? number : placement.applyAsInt(task.name())))
        .toList();
  }

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
