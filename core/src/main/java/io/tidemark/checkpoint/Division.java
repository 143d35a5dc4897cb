package io.tidemark.checkpoint;

import io.tidemark.api.TaskName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A task of a stage as it is divided now, and where its state is in a checkpoint of the same stage
 * as it was divided then. Slots are by number modulo the tasks, so two tasks have slots in common
 * if their numbers are the same modulo the greatest common divisor of the numbers of tasks.
 *
 * @param task the task
 * @param tasks how many tasks its stage has
 * @param slots how many slots its keys fall into
 */
public record Division(TaskName task, int tasks, int slots) {

  /** The parts of the tasks that had slots of this one; those of the lowest numbers first. */
  public List<TaskManifest> partsOf(CheckpointManifest checkpoint) {
    List<TaskManifest> parts = new ArrayList<>();
    for (TaskManifest part : checkpoint.tasks()) {
      if (part.task().stage().equals(task.stage()) && shares(part)) {
        parts.add(part);
      }
    }
    parts.sort(Comparator.comparingInt(part -> part.task().partition()));
    return parts;
  }

  private boolean shares(TaskManifest part) {
    int common = common(part);
    return part.task().partition() % common == task.partition() % common;
  }

  private int common(TaskManifest part) {
    return common(tasks, part.tasks());
  }

  /** The greatest common divisor. */
  static int common(int tasks, int others) {
    int one = tasks;
    int other = others;
    while (other != 0) {
      int rest = one % other;
      one = other;
      other = rest;
    }
    return one;
  }

  /** Whether a part's task was divided as this one is. */
  public boolean isSame(TaskManifest part) {
    return part.task().equals(task) && part.tasks() == tasks;
  }

  /** Whether this is who gets what cannot be split of a part: the lowest that takes of it. */
  boolean takesWhole(TaskManifest part) {
    return task.partition() == part.task().partition() % common(part);
  }
}
