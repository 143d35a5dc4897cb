package io.tidemark.checkpoint;

import java.util.List;

/**
 * A completed checkpoint, as the blob store has it: with this and the blobs that it names, the job
 * can be started again from the cut, and nothing else is needed.
 *
 * @param job the job's name and id
 * @param number the checkpoint's number; unique within the job and over all its timelines
 * @param savepoint its name if it is a savepoint; empty if not
 * @param trigger what caused it
 * @param timeline the timeline that it was taken on
 * @param startedMs when it was announced, in milliseconds since 1970
 * @param completedMs when the last task had acknowledged
 * @param tasks the parts of all tasks, in order
 */
public record CheckpointManifest(
    String job,
    long number,
    String savepoint,
    Trigger trigger,
    Timeline timeline,
    long startedMs,
    long completedMs,
    List<TaskManifest> tasks) {
  public CheckpointManifest {
    tasks = List.copyOf(tasks);
  }

  /**
   * Whether it was brought from another blob store. It is of no timeline of this job then, also if
   * its job has the same name, and counts only where it is named: never as the latest.
   */
  public boolean isImported() {
    return timeline.number() == Timeline.ELSEWHERE;
  }
}
