package io.tidemark.runtime;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.journal.StoreIdentity;
import io.tidemark.state.StorageEngine;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A cut that a task has made, and that is committed.
 *
 * @param task the task
 * @param generation that of its owner
 * @param checkpoint the number of the checkpoint
 * @param commit the number of the block that carries the cut
 * @param position where that block begins in the journal
 * @param journalId the journal's id
 * @param timeMs the task's time at the cut, in milliseconds since 1970
 * @param positions how far each input was processed
 * @param stores what the task remembers of its stores
 * @param tasks how many tasks the stage has
 * @param partitions how many partitions each of the stage's inputs has
 * @param slots how many slots the stage's keys fall into
 * @param engines the task's engines by type, which hold some commit up to the cut until {@code
 *     goOn} is called; any thread may read them until the task is closed
 * @param goOn lets the engines go past the cut. To be called by whoever is told of the cut; any
 *     thread may
 */
public record CutPoint(
    TaskName task,
    long generation,
    long checkpoint,
    long commit,
    long position,
    UUID journalId,
    long timeMs,
    Map<SystemStreamPartition, String> positions,
    List<StoreIdentity> stores,
    int tasks,
    int partitions,
    int slots,
    Map<String, StorageEngine> engines,
    Runnable goOn) {
  public CutPoint {
    positions = Map.copyOf(positions);
    stores = List.copyOf(stores);
    engines = Map.copyOf(engines);
  }
}
