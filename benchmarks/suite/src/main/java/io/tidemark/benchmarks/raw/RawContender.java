package io.tidemark.benchmarks.raw;

import io.tidemark.benchmarks.contender.Assignment;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;

/**
 * The bare loop: poll, transform, send, and one transaction per commit interval with the positions
 * in it. What it counts it counts in memory and does not keep: it is no stream processor, but what
 * one on the same clients can be measured by.
 */
public final class RawContender {
  private RawContender() {}

  public static void main(String[] arguments) {
    Assignment assignment = Assignment.read(Path.of(arguments[0]));
    int first = assignment.share().container() * assignment.workers();
    for (int worker = first; worker < first + assignment.workers(); worker++) {
      RawLoop loop = new RawLoop(assignment, worker, partitions(assignment, worker));
      new Thread(loop, "raw-" + worker).start();
    }
  }

  /** The partitions of one worker, of those in all processes. */
  static List<TopicPartition> partitions(Assignment assignment, int worker) {
    int workers = assignment.share().containers() * assignment.workers();
    return IntStream.range(0, assignment.partitions())
        .filter(partition -> partition % workers == worker)
        .mapToObj(partition -> new TopicPartition(assignment.input(), partition))
        .toList();
  }
}
