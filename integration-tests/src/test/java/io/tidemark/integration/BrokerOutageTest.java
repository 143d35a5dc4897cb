package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The broker goes away in mid-run and comes back: the same container goes on by itself. */
@Timeout(240)
class BrokerOutageTest {
  private static final int RECORDS = 20_000;

  @TempDir Path directory;

  @Test
  void a_broker_that_is_stopped_for_a_while_does_not_end_the_job() throws Exception {
    surviveOutage(6, LocalKafka::stop);
  }

  @Test
  void a_broker_that_is_killed_does_not_end_the_job() throws Exception {
    surviveOutage(1, LocalKafka::kill);
  }

  @Test
  @Tag("slow")
  void twenty_seconds_without_a_broker_do_not_end_the_job() throws Exception {
    surviveOutage(20, LocalKafka::stop);
    surviveOutage(20, LocalKafka::kill);
  }

  private interface Outage {
    void begin(LocalKafka kafka);
  }

  private void surviveOutage(int seconds, Outage outage) throws Exception {
    String name = "outage-" + System.nanoTime();
    Path own = directory.resolve(name);
    try (LocalKafka kafka = LocalKafka.start(own.resolve("kafka"))) {
      CountingJob job = new CountingJob(kafka, name, 4, own);
      job.send(RECORDS, 2_000, 1);
      try (ContainerProcess container = ContainerProcess.start(job.properties(), 0, 1, false)) {
        container.awaitLine("ready", 60);
        job.send(RECORDS, 2_000, 2);
        outage.begin(kafka);
        CompletableFuture<Void> sending =
            CompletableFuture.runAsync(() -> job.send(RECORDS, 2_000, 3));
        TimeUnit.SECONDS.sleep(seconds); // the length of the outage, not a wait for anything
        kafka.restart();
        sending.get(60, TimeUnit.SECONDS);
        try (CommittedRecords<Long> outputs = job.outputs()) {
          outputs.await(3 * RECORDS, 60);
        } catch (AssertionError e) {
          throw new AssertionError(container.output(), e);
        }
        assertThat(container.isAlive()).as(container.output()).isTrue();
        container.terminate();
        assertThat(container.awaitExit(30)).as(container.output()).isZero();
        assertThat(container.output()).doesNotContain("started again");
      }
      job.assertExact();
    }
  }
}
