package io.tidemark.container;

import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskName;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A part of a job between streams: the same code over the partitions of its inputs.
 *
 * @param name its name
 * @param inputs the streams it reads; same-numbered partitions go to one task
 * @param partitions how many partitions each of them has, and so how many tasks the stage has
 */
record Stage(String name, List<SystemStream> inputs, int partitions) {

  List<TaskName> tasks() {
    return IntStream.range(0, partitions).mapToObj(p -> new TaskName(name, p)).toList();
  }
}
