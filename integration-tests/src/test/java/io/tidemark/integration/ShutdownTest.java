package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A container that is told to end commits what it has processed and leaves its state complete. */
@Timeout(120)
class ShutdownTest {
  private static final int RECORDS = 50_000;

  @TempDir Path directory;

  @Test
  void sigterm_in_mid_work_ends_with_0_within_seconds_and_leaves_nothing_to_replay()
      throws Exception {
    CountingJob job = new CountingJob(LocalKafka.shared(), "sigterm", 4, directory);
    job.send(100, 100, 1);
    job.runToEnd();
    job.with("task.commit.ms", "3600000"); // only the end commits
    job.send(RECORDS, 2_000, 2);
    try (ContainerProcess container = ContainerProcess.start(job.properties(), 0, 1, false);
        CommittedRecords<Long> outputs = job.outputs()) {
      outputs.awaitOpenTransaction(60);
      container.terminate();
      assertThat(container.awaitExit(15)).as(container.output()).isZero();
    }
    Map<String, Long> outputs = job.lastOutputs();
    assertThat(outputs).as("what was processed until then").hasSizeGreaterThan(100);
    assertThat(job.localState().entries()).isEqualTo(outputs);
    job.runToEnd();
    job.assertExact();
  }
}
