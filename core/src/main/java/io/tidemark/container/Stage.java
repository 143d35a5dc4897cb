package io.tidemark.container;

import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Timeline.StagePlan;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A part of a job between streams: the same code over the partitions of its inputs.
 *
 * @param name its name
 * @param inputs the streams it reads; same-numbered partitions go to one task
 * @param stores the names of the stores that its tasks have, beside those that are broadcast
 * @param partitions how many partitions each of them has
 * @param taskCount how many tasks it has: a divisor or a multiple of the partitions
 * @param slots how many slots its keys fall into: a multiple of both
 */
record Stage(
    String name,
    List<SystemStream> inputs,
    Set<String> stores,
    int partitions,
    int taskCount,
    int slots) {

  List<TaskName> tasks() {
    return IntStream.range(0, taskCount).mapToObj(task -> new TaskName(name, task)).toList();
  }

  /** The partitions that a task reads, of each input. */
  List<Integer> partitionsOf(int task) {
    int first = task % Math.min(taskCount, partitions);
    return IntStream.iterate(first, p -> p < partitions, p -> p + taskCount).boxed().toList();
  }

  /** How it is divided, for the job's metadata. */
  StagePlan plan() {
    return new StagePlan(name, taskCount, partitions, slots);
  }
}
