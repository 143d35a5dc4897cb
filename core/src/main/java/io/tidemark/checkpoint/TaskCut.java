package io.tidemark.checkpoint;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.journal.StoreIdentity;
import java.util.List;
import java.util.Map;

/**
 * What a task has at a cut, apart from its entries; each component is what {@link TaskManifest}
 * says of it.
 */
public record TaskCut(
    TaskName task,
    int tasks,
    int partitions,
    int slots,
    long commit,
    long position,
    long timeMs,
    Map<SystemStreamPartition, String> positions,
    List<StoreIdentity> stores) {
  public TaskCut {
    positions = Map.copyOf(positions);
    stores = List.copyOf(stores);
  }
}
