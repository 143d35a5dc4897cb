package io.tidemark.coordinator;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.ReplayTime;
import io.tidemark.checkpoint.RestoreProgress;
import io.tidemark.checkpoint.TaskManifest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a container is.
 *
 * @param job the job's name and id
 * @param session made up by the container when it starts, unlike that of any other
 * @param sequence counts what the session has told; an older status than the last is not looked at
 * @param followed the sequence of the newest orders that it follows; 0 if it has none. A task that
 *     neither those orders nor {@code tasks} name does not run here
 * @param number the number that {@link Orders#container} gave it; what it would like to have before
 *     that, or -1
 * @param host the machine, as it calls itself
 * @param address where it answers queries; empty if nowhere
 * @param workers how many threads it has for tasks
 * @param tasks the tasks that it has anything to do with
 * @param localState the tasks whose state it finds on its disk
 * @param snapshots its tasks' parts of the checkpoint under way that are complete
 * @param snapshotFailure why it cannot complete its part of it; null if nothing is wrong
 * @param requests counts the checkpoints that its tasks have asked for
 * @param leaving whether it wants to give up its tasks and go
 */
public record ContainerStatus(
    String job,
    String session,
    long sequence,
    long followed,
    int number,
    String host,
    String address,
    int workers,
    Map<TaskName, TaskStatus> tasks,
    Set<TaskName> localState,
    List<Snapshot> snapshots,
    @Nullable SnapshotFailure snapshotFailure,
    long requests,
    boolean leaving) {
  public ContainerStatus {
    tasks = Map.copyOf(tasks);
    localState = Set.copyOf(localState);
    snapshots = List.copyOf(snapshots);
  }

  /** How far a task is. */
  public enum Phase {
    /** Its state is brought up to date; the task's former owner may still run. */
    RESTORING,
    /** It is up to date, and waits for {@link Orders.Assignment#open} to take possession. */
    READY,
    /** It runs. */
    RUNNING,
    /** It has come to its end: its bounded input is processed, or it asked to end. */
    FINISHED,
    /** It was given up in order: its last block says so and its local state is closed. */
    RELEASED,
    /** It failed; {@link TaskStatus#failure} says why. Nothing of it runs any more. */
    FAILED
  }

  /**
   * How a task is.
   *
   * @param generation that of the assignment it is about; nothing of a former one runs any more
   * @param phase how far it is
   * @param commit the number of its last commit, as far as is known here
   * @param bytes bytes that it has committed in this phase, for deciding when to take a checkpoint
   * @param records records that it has processed in this phase, for the same
   * @param behind how many records of its journal are not in its state yet
   * @param fetching how far its snapshot is in place; null if none is being fetched
   * @param replay how long its journal was replayed; null if it was not, or is not up to date, and
   *     once it runs
   * @param failure why it failed; null in all other phases
   */
  public record TaskStatus(
      long generation,
      Phase phase,
      long commit,
      long bytes,
      long records,
      long behind,
      @Nullable RestoreProgress fetching,
      @Nullable ReplayTime replay,
      @Nullable Failure failure) {

    /** Whether nothing of it runs any more, nor ever will in this generation. */
    boolean isOver() {
      return phase == Phase.RELEASED || phase == Phase.FAILED;
    }
  }

  /**
   * Why something failed.
   *
   * @param code the stable code, such as {@code TM-3003}
   * @param message what, where, what to do
   * @param fatal whether another start can have no other end
   */
  public record Failure(String code, String message, boolean fatal) {}

  /**
   * A task's part of a checkpoint; all that it names is in the blob store.
   *
   * @param checkpoint the checkpoint's number
   * @param generation that of the task's assignment
   * @param manifest the part
   */
  public record Snapshot(long checkpoint, long generation, TaskManifest manifest) {}

  /**
   * Why a container cannot complete its part of a checkpoint.
   *
   * @param checkpoint the checkpoint's number
   * @param why what, where, what to do
   */
  public record SnapshotFailure(long checkpoint, String why) {}
}
