package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

/** Runs one container of a job over its input, killing it a few times once it has committed. */
final class KilledJob {
  private KilledJob() {}

  /** Kills after a quarter, a half and three quarters of {@code outputs} records were committed. */
  static void runToEnd(CountingJob job, long outputs) throws Exception {
    Path properties = job.properties();
    try (CommittedRecords<Long> committed = job.outputs()) {
      for (int kill = 1; kill <= 3; kill++) {
        try (ContainerProcess container = ContainerProcess.start(properties, 0, 1, false)) {
          committed.await(outputs / 4, 60);
          container.kill();
        }
      }
    }
    try (ContainerProcess last = ContainerProcess.start(properties, 0, 1, true)) {
      assertThat(last.awaitExit(90)).as(last.output()).isZero();
    }
  }
}
