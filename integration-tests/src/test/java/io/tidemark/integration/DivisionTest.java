package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.container.Job;
import io.tidemark.container.JobCoordinator;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One embedded job, its tasks divided among other numbers of workers and containers each time. */
@Timeout(120)
class DivisionTest {
  private static final int RECORDS = 5_000;

  @TempDir Path directory;

  @Test
  void other_numbers_of_workers_and_containers_change_nothing() throws Exception {
    CountingJob job = new CountingJob(LocalKafka.shared(), "divided", 4, directory);
    int seed = 0;
    for (int workers : new int[] {1, 3}) {
      for (int containers : new int[] {1, 2, 1}) {
        job.with("container.workers", Integer.toString(workers));
        runFor(job, containers, ++seed);
      }
    }
    job.assertExact();
  }

  private static void runFor(CountingJob job, int containers, int seed) {
    List<Job> jobs = new ArrayList<>();
    try (CommittedRecords<Long> outputs = job.outputs();
        JobCoordinator coordinator = Job.of(job.config()).startCoordinator(containers)) {
      for (int container = 0; container < containers; container++) {
        jobs.add(Job.of(job.config()).join(coordinator.coordinator(), container).start());
      }
      jobs.forEach(Job::awaitRunning);
      job.send(RECORDS, 500, seed);
      outputs.await(job.sent(), 60);
      for (Job running : jobs) {
        running.requestStop();
        assertThat(running.awaitEnd(Duration.ofSeconds(30))).isTrue();
      }
    } finally {
      jobs.forEach(Job::close);
    }
  }
}
