package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.system.Failpoint;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The process is halted at each step of a commit and started again; the result is that of one run.
 */
class CrashMatrixTest {
  private static final int RECORDS = 20_000;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "open.before-opening, 1",
    "open.after-opening, 1",
    "commit.before-block, 1",
    "commit.before-block, 4",
    "commit.after-block, 2",
    "commit.after-flush, 3",
    "commit.before-transaction, 3",
    "commit.after-transaction, 3",
    "commit.confirmed, 2",
    "engine.before-apply, 1",
    "engine.within-apply, 1",
    "engine.after-apply, 1"
  })
  void aProcessHaltedThereLosesAndRepeatsNothing(String failpoint, int passage) throws Exception {
    CountingJob job =
        new CountingJob(
            LocalKafka.shared(),
            "crash-" + failpoint.replace('.', '-') + "-" + passage,
            4,
            directory);
    job.send(RECORDS, 2_000, 1);
    try (ContainerProcess halted =
        ContainerProcess.start(
            job.properties(), 0, 1, true, "-Dtidemark.failpoint=" + failpoint + ":" + passage)) {
      assertThat(halted.awaitExit(60)).as(halted.output()).isEqualTo(Failpoint.EXIT_STATUS);
    }
    job.send(RECORDS / 4, 2_000, 2);
    try (ContainerProcess again = ContainerProcess.start(job.properties(), 0, 1, true)) {
      assertThat(again.awaitExit(60)).as(again.output()).isZero();
    }
    job.assertExact();
  }
}
