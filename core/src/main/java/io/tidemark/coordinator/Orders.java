package io.tidemark.coordinator;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Timeline;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is wanted of a container: all of it, each time.
 *
 * @param epoch the coordinator's; counts those that the job has had. Orders of a lower epoch than
 *     was seen are not followed
 * @param sequence grows with every orders of every coordinator of the job; those that come late are
 *     not followed; 0 if there is nothing to follow but to ask again
 * @param container the container's number; with the job's name it makes the names of its writers;
 *     -1 while the number that it asked for is not free
 * @param leaseMs how long from when it asked for these orders the container may go on without
 *     hearing from the coordinator again
 * @param timeline the timeline that the job is on
 * @param tasks the tasks it should run; it gives up all others, in order
 * @param cut the checkpoint under way; 0 if there is none. Each task cuts at its next commit unless
 *     its last cut has this number or a higher one
 * @param stopAtCut whether tasks process nothing after that cut, until orders say otherwise
 * @param completed the newest completed checkpoint; 0 if there is none
 * @param failed the newest checkpoint that failed; 0 if none did
 * @param restoreFrom where the manifest is that a task without state of its own starts from; null
 *     if it starts from the beginning of its journal
 * @param keep for each task, the position from which on its journal must be kept; what is before it
 *     may be trimmed, as far as the container does not need it itself. Nothing is said of a task
 *     that is to move: who takes it over may not have read so far
 * @param placement the number of the container that each task of the job has been given to, as far
 *     as that is decided
 * @param stop whether to finish: commit, give up all tasks and end
 */
public record Orders(
    long epoch,
    long sequence,
    int container,
    long leaseMs,
    Timeline timeline,
    Map<TaskName, Assignment> tasks,
    long cut,
    boolean stopAtCut,
    long completed,
    long failed,
    @Nullable String restoreFrom,
    Map<TaskName, Long> keep,
    Map<TaskName, Integer> placement,
    boolean stop) {
  public Orders {
    tasks = Map.copyOf(tasks);
    keep = Map.copyOf(keep);
    placement = Map.copyOf(placement);
  }

  /** Whether each task has been given to some container. */
  public boolean isDecided() {
    return placement.size() == timeline.tasks();
  }

  /**
   * A task to run. A generation that was released or has failed is never run again: the container
   * goes on saying so as long as it is wanted. That another generation is wanted of a task which
   * has not taken possession changes nothing but the number.
   *
   * @param generation the assignment's number, which the opening block of the task carries: higher
   *     than that of any assignment of the task before
   * @param open whether it may take possession now; until then it only restores its state. Once
   *     given it is not taken back but by leaving the task out
   */
  public record Assignment(long generation, boolean open) {}
}
