package io.tidemark.benchmarks.raw;

import io.tidemark.benchmarks.contender.Assignment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    List<List<TopicPartition>> shares = new ArrayList<>();
    for (int worker = 0; worker < assignment.workers(); worker++) {
      shares.add(new ArrayList<>());
    }
    for (int partition = 0; partition < assignment.partitions(); partition++) {
      shares
          .get(partition % assignment.workers())
          .add(new TopicPartition(assignment.input(), partition));
    }
    for (int worker = 0; worker < assignment.workers(); worker++) {
      RawLoop loop = new RawLoop(assignment, worker, shares.get(worker));
      new Thread(loop, "raw-" + worker).start();
    }
  }
}
