package io.tidemark.runtime;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.checkpoint.Timeline.Repeat;
import io.tidemark.checkpoint.Timeline.StagePlan;
import io.tidemark.system.RecordBatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which records of a partition a task reads though their effects are in its state already: tasks
 * that read it, each its share, had come to different places when they became one, and this one
 * began at the first of them. Confined to the worker.
 */
final class Repeats {
  private final List<Repeat> left;
  private final Comparator<String> offsets;

  private Repeats(List<Repeat> repeats, Comparator<String> offsets) {
    this.left = new ArrayList<>(repeats);
    this.offsets = offsets;
  }

  /** Those of a task's input; null if it has none. */
  static @Nullable Repeats of(
      Timeline timeline, TaskName task, SystemStreamPartition input, Comparator<String> offsets) {
    List<Repeat> found = new ArrayList<>();
    for (StagePlan stage : timeline.stages()) {
      if (stage.name().equals(task.stage())) {
        for (Repeat repeat : stage.repeats()) {
          if (repeat.input().equals(input) && stage.has(task.partition(), repeat)) {
            found.add(repeat);
          }
        }
      }
    }
    return found.isEmpty() ? null : new Repeats(found, offsets);
  }

  /** Whether none follow from an offset on. Offsets only grow. */
  boolean areBehind(String offset) {
    left.removeIf(repeat -> offsets.compare(repeat.before(), offset) <= 0);
    return left.isEmpty();
  }

  /** Whether a record, which {@link #areBehind} was asked about, is one. */
  boolean have(RecordBatch batch, int index) {
    for (Repeat repeat : left) {
      if (new Share(repeat.tasks(), repeat.partitions(), repeat.task()).has(batch, index)) {
        return true;
      }
    }
    return false;
  }
}
