package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job of two stages, on a real broker, in a process that is killed. */
@Timeout(300)
class StagesTest {
  private static final int KILLS = 3;
  private static final int RECORDS = 10_000;

  @TempDir Path directory;

  @Test
  void two_stages_killed_while_they_process_count_each_record_once() throws Exception {
    CountingJob job =
        new CountingJob(LocalKafka.shared(), "stages-kill", 4, directory).inTwoStages(3);
    Path properties = job.properties();
    for (int kill = 0; kill < KILLS; kill++) {
      job.send(RECORDS, 500, kill);
      try (ContainerProcess container = ContainerProcess.start(properties, 0, 1, false);
          CommittedRecords<Long> outputs = job.outputs()) {
        outputs.await(kill * RECORDS + RECORDS / 4, 60);
        container.kill();
      }
    }
    try (ContainerProcess last = ContainerProcess.start(properties, 0, 1, true)) {
      assertThat(last.awaitExit(120)).as(last.output()).isZero();
    }
    job.assertOutputsExact();
  }

  @Test
  void several_containers_do_not_know_the_end_of_a_job_of_several_stages() throws Exception {
    CountingJob job =
        new CountingJob(LocalKafka.shared(), "stages-end", 2, directory).inTwoStages(2);
    try (ContainerProcess one = ContainerProcess.start(job.properties(), 0, 2, true)) {
      assertThat(one.awaitExit(60)).isEqualTo(1);
      assertThat(one.output()).contains("TM-1063");
    }
  }
}
