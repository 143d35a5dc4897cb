package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.system.Failpoint;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores fed by a topic, in processes that are killed; answers and contents are exact. */
@Timeout(300)
class FedStoreTest {
  private static final int CHANGES = 40_000;
  private static final int KEYS = 3_000;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"partition, commit.after-transaction, 2", "broadcast, broadcast.before-apply, 2"})
  void a_process_halted_while_it_populates_goes_on(String mode, String failpoint, int passage)
      throws Exception {
    haltAt(mode, failpoint, passage);
  }

  @ParameterizedTest
  @CsvSource({
    "partition, commit.after-block, 2",
    "partition, engine.within-apply, 1",
    "broadcast, engine.within-apply, 2",
    "broadcast, broadcast.after-apply, 1"
  })
  @Tag("slow")
  void wherever_it_is_halted(String mode, String failpoint, int passage) throws Exception {
    haltAt(mode, failpoint, passage);
  }

  private void haltAt(String mode, String failpoint, int passage) throws Exception {
    LookupJob job =
        new LookupJob(LocalKafka.shared(), "fed-" + failpoint.replace('.', '-'), mode, directory);
    job.change(CHANGES, KEYS, 1);
    try (ContainerProcess halted =
        ContainerProcess.start(
            job.properties(), 0, 1, false, "-Dtidemark.failpoint=" + failpoint + ":" + passage)) {
      assertThat(halted.awaitExit(60)).as(halted.output()).isEqualTo(Failpoint.EXIT_STATUS);
    }
    job.change(CHANGES / 10, KEYS, 2);
    job.ask(2_000, KEYS, 3);
    try (ContainerProcess again = ContainerProcess.start(job.properties(), 0, 1, true)) {
      assertThat(again.awaitExit(60)).as(again.output()).isZero();
    }
    job.assertAnswersExact();
    job.assertTableExact();
  }

  @ParameterizedTest
  @ValueSource(strings = {"partition", "broadcast"})
  void two_containers_killed_while_they_process_answer_each_record_once(String mode)
      throws Exception {
    LookupJob job = new LookupJob(LocalKafka.shared(), "fed-kill", mode, directory);
    job.change(CHANGES, KEYS, 1);
    job.ask(20_000, KEYS, 2);
    Path properties = job.properties();
    try (CommittedRecords<String> committed = job.outputs()) {
      for (int kill = 0; kill < 2; kill++) {
        try (ContainerProcess first = ContainerProcess.start(properties, 0, 2, false);
            ContainerProcess second = ContainerProcess.start(properties, 1, 2, false)) {
          committed.await(2_000, 60);
          first.kill();
          second.kill();
        }
      }
    }
    try (ContainerProcess first = ContainerProcess.start(properties, 0, 2, true);
        ContainerProcess second = ContainerProcess.start(properties, 1, 2, true)) {
      assertThat(first.awaitExit(60)).as(first.output()).isZero();
      assertThat(second.awaitExit(60)).as(second.output()).isZero();
    }
    job.assertAnswersExact();
    job.change(CHANGES / 10, KEYS, 3);
    job.assertTableExact();
  }

  @Test
  void a_broadcast_store_whose_source_was_trimmed_is_fed_from_the_beginning() throws Exception {
    LookupJob job = new LookupJob(LocalKafka.shared(), "fed-trimmed", "broadcast", directory);
    job.change(2_000, 300, 1);
    job.assertTableExact();
    job.change(1_000, 300, 2);
    job.trim();
    job.change(500, 300, 3);
    job.assertTableExact();
    job.assertTableExact();
  }

  @Test
  void a_broadcast_store_whose_source_was_made_anew_is_fed_from_the_beginning() throws Exception {
    LookupJob job = new LookupJob(LocalKafka.shared(), "fed-anew", "broadcast", directory);
    job.change(500, 300, 1);
    job.assertTableExact();
    job.recreate();
    job.change(3_000, 100, 2);
    job.assertTableExact();
  }

  @ParameterizedTest
  @ValueSource(strings = {"partition", "broadcast"})
  @Tag("slow")
  void what_compaction_leaves_is_what_the_store_has(String mode) throws Exception {
    LookupJob job = new LookupJob(LocalKafka.shared(), "fed-compacted", mode, directory);
    job.change(CHANGES, 300, 1);
    job.compact();
    job.change(100, 300, 2);
    job.ask(500, 300, 3);
    try (ContainerProcess container = ContainerProcess.start(job.properties(), 0, 1, true)) {
      assertThat(container.awaitExit(60)).as(container.output()).isZero();
    }
    job.assertAnswersExact();
    job.assertTableExact();
  }

  @Test
  void a_store_is_not_waited_for_longer_than_its_limit() throws Exception {
    LookupJob job =
        new LookupJob(LocalKafka.shared(), "fed-late", "broadcast", directory)
            .with("stores.table.source.wait.ms", "0");
    job.change(2_000, 300, 1);
    try (ContainerProcess late = ContainerProcess.start(job.properties(), 0, 1, true)) {
      assertThat(late.awaitExit(60)).isEqualTo(1);
      assertThat(late.output()).contains("TM-2020");
    }
  }
}
