package io.tidemark.benchmarks.raw;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.benchmarks.contender.Assignment;
import io.tidemark.benchmarks.contender.Share;
import io.tidemark.benchmarks.contender.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class RawContenderTest {
  @Test
  void workers_of_all_processes_have_each_partition_once() {
    List<TopicPartition> all =
        IntStream.range(0, 2)
            .mapToObj(container -> assignment(new Share(container, 2)))
            .flatMap(
                assignment ->
                    IntStream.range(0, 3)
                        .map(worker -> assignment.share().container() * 3 + worker)
                        .mapToObj(worker -> RawContender.partitions(assignment, worker)))
            .flatMap(List::stream)
            .toList();
    assertThat(all).hasSize(8).doesNotHaveDuplicates();
  }

  private static Assignment assignment(Share share) {
    return new Assignment(
        "test",
        "localhost:1",
        Workload.COPY,
        true,
        true,
        Duration.ofMillis(100),
        Duration.ZERO,
        3,
        share,
        64 << 20,
        1,
        8,
        "in",
        "",
        "out",
        Path.of("directory"));
  }
}
