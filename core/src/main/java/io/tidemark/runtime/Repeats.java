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
  /** A former task's share, which counts no more from an offset on. */
  private record Former(Share share, String before) {}

  private final List<Former> left;
  private final Comparator<String> offsets;

  private Repeats(List<Former> formers, Comparator<String> offsets) {
    this.left = formers;
    this.offsets = offsets;
  }

  /** Those of a task's input; null if it has none. */
  static @Nullable Repeats of(
      Timeline timeline, TaskName task, SystemStreamPartition input, Comparator<String> offsets) {
    List<Former> found = new ArrayList<>();
    for (StagePlan stage : timeline.stages()) {
      if (stage.name().equals(task.stage())) {
        for (Repeat repeat : stage.repeats()) {
          if (repeat.input().equals(input) && stage.has(task.partition(), repeat)) {
            Share share = new Share(repeat.tasks(), repeat.partitions(), repeat.task());
            found.add(new Former(share, repeat.before()));
          }
        }
      }
    }
    return found.isEmpty() ? null : new Repeats(found, offsets);
  }

  /** Whether none follow from an offset on. Offsets only grow. */
  boolean areBehind(String offset) {
    left.removeIf(former -> offsets.compare(former.before(), offset) <= 0);
    return left.isEmpty();
  }

  /** Whether a record, which {@link #areBehind} was asked about, is one. */
  boolean have(RecordBatch batch, int index) {
    for (Former former : left) {
      if (former.share().has(batch, index)) {
        return true;
      }
    }
    return false;
  }
}
