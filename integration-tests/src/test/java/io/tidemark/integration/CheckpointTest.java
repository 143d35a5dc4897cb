package io.tidemark.integration;

import static io.tidemark.integration.CheckpointedJob.checkpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.checkpoint.Location;
import io.tidemark.container.Job;
import io.tidemark.coordinator.CheckpointRecord;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints of a job on a real broker with state in RocksDB, and what is begun from them. */
@Timeout(180)
class CheckpointTest {
  private static final int PARTITIONS = 4;
  private static final int RECORDS = 10_000;
  private static final int KEYS = 1_000;

  @TempDir Path directory;

  private CheckpointedJob job(String name) throws Exception {
    return new CheckpointedJob(
        new CountingJob(LocalKafka.shared(), name, PARTITIONS, directory), directory);
  }

  @Test
  void state_that_is_lost_comes_from_the_checkpoint_and_the_rest_of_the_journal() throws Exception {
    CheckpointedJob job = job("cp-lost");
    job.counting().send(RECORDS, KEYS, 1);
    try (Job running = job.start()) {
      job.awaitAll();
      CheckpointRecord record = checkpoint(running);
      assertThat(record.status()).isEqualTo(CheckpointRecord.Status.COMPLETED);
      job.counting().send(RECORDS, KEYS, 2);
      job.awaitAll();
    }
    job.assertSound(Location.LATEST);
    job.loseState();
    job.assertExactAfterOneMore();
  }

  @Test
  void the_journal_is_trimmed_as_checkpoints_are_retired_and_the_rest_suffices() throws Exception {
    CheckpointedJob job = job("cp-trim");
    job.counting().with("task.checkpoint.retain", "2");
    try (Job running = job.start()) {
      for (int round = 0; round < 5; round++) {
        job.counting().send(RECORDS / 5, KEYS, round);
        job.awaitAll();
        checkpoint(running);
      }
    }
    try (Job again = job.start()) { // so much only is certainly on disk once the engines are closed
      again.awaitRunning();
      CheckpointedJob.await(
          "the journal's oldest part is gone",
          () -> job.journalBeginnings(1).values().stream().allMatch(first -> first > 0));
    }
    assertThat(job.checkpoints()).hasSize(2);
    job.loseState();
    job.assertExactAfterOneMore();
  }

  @Test
  void a_job_stopped_with_a_savepoint_goes_on_from_it_on_a_timeline_of_its_own() throws Exception {
    CheckpointedJob job = job("cp-savepoint");
    job.counting().send(RECORDS, KEYS, 1);
    try (Job running = job.start()) {
      job.awaitAll();
      CheckpointRecord record =
          CheckpointedJob.coordinator(running)
              .stopWithSavepoint("before-v2")
              .get(60, TimeUnit.SECONDS);
      assertThat(record.savepoint()).isEqualTo("before-v2");
      running.awaitEnd();
    }
    job.assertSound(Location.savepoint("before-v2"));
    job.counting().send(RECORDS, KEYS, 2);
    try (Job running = job.startFrom(Location.savepoint("before-v2"))) {
      assertThat(CheckpointedJob.coordinator(running).view().timeline().number()).isEqualTo(2);
      job.awaitAll();
      checkpoint(running);
    }
    job.loseState();
    job.assertExactAfterOneMore();
  }

  @Test
  void a_job_begun_from_an_older_checkpoint_processes_all_behind_it_again() throws Exception {
    CheckpointedJob job = job("cp-rewind");
    job.counting().send(RECORDS, KEYS, 1);
    Map<String, Long> atCut = new HashMap<>();
    long number;
    try (Job running = job.start()) {
      job.awaitAll();
      number = checkpoint(running).number();
      atCut.putAll(job.counting().expected());
      job.counting().send(RECORDS, KEYS, 2);
      job.awaitAll();
      checkpoint(running);
    }
    long outputsBefore = job.counting().outputsCount();
    long sentBehind = job.counting().sent() - atCut.values().stream().mapToLong(n -> n).sum();
    try (Job running = job.startFrom(Location.checkpoint(number))) {
      job.awaitOutputs(outputsBefore + sentBehind);
      checkpoint(running);
    }
    assertThat(job.counting().outputsCount()).isEqualTo(outputsBefore + sentBehind);
    job.counting().assertOutputsRepeatFrom(atCut, job.counting().expected());
    job.loseState();
    job.counting().sendOfEach();
    try (Job running = job.start()) {
      job.awaitOutputs(outputsBefore + sentBehind + job.counting().expected().size());
    }
    job.counting().assertOutputsRepeatFrom(atCut, job.counting().expected());
  }
}
