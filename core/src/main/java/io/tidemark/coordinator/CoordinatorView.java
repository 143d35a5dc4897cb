package io.tidemark.coordinator;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.RestoreProgress;
import io.tidemark.checkpoint.Timeline;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a job is, at one moment, for people and programs to look at.
 *
 * @param job the job's name and id
 * @param epoch the coordinator's
 * @param timeline the timeline that the job is on
 * @param stop how far stopping is
 * @param health what is wrong
 * @param containers the containers, by number
 * @param tasks the tasks, in order
 * @param underWay the checkpoint under way; null if there is none
 * @param recovery how long a recovery would take
 */
public record CoordinatorView(
    String job,
    long epoch,
    Timeline timeline,
    Stop stop,
    Health health,
    List<ContainerView> containers,
    List<TaskView> tasks,
    @Nullable CheckpointProgress underWay,
    RecoveryPrediction recovery) {
  public CoordinatorView {
    containers = List.copyOf(containers);
    tasks = List.copyOf(tasks);
  }

  /** How far stopping is. */
  public enum Stop {
    /** Nobody wants it. */
    NOT_WANTED,
    /** A checkpoint is taken first. */
    CHECKPOINT_FIRST,
    /** Containers are told to end. */
    ORDERED
  }

  /**
   * Whether all is well.
   *
   * @param healthy whether it is
   * @param reasons what is wrong, each in a sentence that says what to do
   */
  public record Health(boolean healthy, List<String> reasons) {
    public Health {
      reasons = List.copyOf(reasons);
    }
  }

  /**
   * A container.
   *
   * @param number its number
   * @param session its session
   * @param host its machine
   * @param address where it answers queries; empty if nowhere
   * @param workers its threads for tasks
   * @param silentMs for how long it was not heard of
   * @param leaving whether it wants to go
   */
  public record ContainerView(
      int number,
      String session,
      String host,
      String address,
      int workers,
      long silentMs,
      boolean leaving) {}

  /**
   * A task.
   *
   * @param task its name
   * @param container the number of the container that has it; -1 if none has
   * @param generation its generation there; 0 if none has it
   * @param phase how far it is there; null if that is not known yet
   * @param next the number of the container that it moves to; -1 if none
   * @param commit its last commit that is known
   * @param behind how many records of its journal are not in its state yet
   * @param fetching how far its snapshot is in place; null if none is being fetched
   * @param failures how often it has failed under this coordinator
   * @param failure its last failure; null if it had none
   */
  public record TaskView(
      TaskName task,
      int container,
      long generation,
      ContainerStatus.@Nullable Phase phase,
      int next,
      long commit,
      long behind,
      @Nullable RestoreProgress fetching,
      int failures,
      ContainerStatus.@Nullable Failure failure) {}

  /**
   * How far the checkpoint under way is.
   *
   * @param checkpoint what is known of it
   * @param acknowledged how many tasks have completed their part
   * @param tasks how many there are
   * @param waitingFor those that have not, in order
   */
  public record CheckpointProgress(
      CheckpointRecord checkpoint, int acknowledged, int tasks, List<TaskName> waitingFor) {
    public CheckpointProgress {
      waitingFor = List.copyOf(waitingFor);
    }
  }

  /**
   * How long the slowest task would take to be rebuilt from the newest checkpoint on an empty disk.
   *
   * @param task the task; null if nothing is known yet
   * @param predictedMs how long
   * @param downloadBytesPerSecond the rate that is reckoned with for files
   * @param replayBytesPerSecond the rate that is reckoned with for the journal
   */
  public record RecoveryPrediction(
      @Nullable TaskName task,
      long predictedMs,
      long downloadBytesPerSecond,
      long replayBytesPerSecond) {}
}
