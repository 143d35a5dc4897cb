package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A container that stood still while others took over its tasks commits nothing when it goes on,
 * and ends by itself.
 */
@Timeout(180)
class ZombieTest {
  private static final int RECORDS = 20_000;

  @TempDir Path directory;
  private CountingJob job;

  @BeforeEach
  void make(TestInfo test) throws Exception {
    String name = test.getTestMethod().orElseThrow().getName().replace('_', '-');
    // Restarts allowed: to be fenced is no failure that another start would mend.
    job =
        new CountingJob(LocalKafka.shared(), name, 4, directory)
            .with("container.restart.max", "10");
  }

  @Test
  void is_fenced_by_the_same_container_on_another_machine() throws Exception {
    try (ContainerProcess zombie = suspendedInMidRun()) {
      runElsewhere(0, 1);
      assertEndsFenced(zombie);
    }
    runElsewhere(0, 1);
    job.assertOutputsExact();
    job.assertStateExact(directory.resolve("elsewhere"));
    job.assertStateExact(); // what the zombie left behind is brought up to date
  }

  @Test
  void is_fenced_by_a_container_of_another_name() throws Exception {
    try (ContainerProcess zombie = suspendedInMidRun()) {
      runElsewhere(1, 2); // takes half of the tasks; the zombie must lose all, being one writer
      assertEndsFenced(zombie);
    }
    runElsewhere(0, 2);
    runElsewhere(1, 2);
    job.assertOutputsExact();
    job.assertStateExact(directory.resolve("elsewhere"));
    job.assertStateExact();
  }

  /** Suspended with transactions open and records to process as soon as it goes on. */
  private ContainerProcess suspendedInMidRun() throws Exception {
    ContainerProcess container = ContainerProcess.start(job.properties(), 0, 1, false);
    try {
      container.awaitLine("ready", 60);
      job.send(RECORDS, 2_000, 1);
      try (CommittedRecords<Long> outputs = job.outputs()) {
        outputs.await(RECORDS / 10, 60);
      }
      container.signal("STOP");
      job.send(RECORDS, 2_000, 2);
      return container;
    } catch (Throwable e) {
      container.close();
      throw e;
    }
  }

  private void runElsewhere(int container, int containers) throws Exception {
    Path properties =
        job.properties(Map.of("job.state.dir", directory.resolve("elsewhere").toString()));
    try (ContainerProcess other = ContainerProcess.start(properties, container, containers, true)) {
      assertThat(other.awaitExit(90)).as(other.output()).isZero();
    }
  }

  private void assertEndsFenced(ContainerProcess zombie) throws Exception {
    zombie.signal("CONT");
    job.send(RECORDS, 2_000, 3);
    assertThat(zombie.awaitExit(60)).as(zombie.output()).isEqualTo(1);
    assertThat(zombie.awaitLine("failed", 1)).startsWith("failed TM-3101");
  }
}
