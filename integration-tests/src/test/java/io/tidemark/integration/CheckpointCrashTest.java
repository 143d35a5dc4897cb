package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.checkpoint.Location;
import io.tidemark.system.Failpoint;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A job that takes checkpoints all the time is halted at each step of one, and of what uses them,
 * and started again: the result is that of one run, and its newest checkpoint is sound and restores
 * it.
 */
@Timeout(400)
class CheckpointCrashTest {
  private static final int RECORDS = 4_000;
  private static final int KEYS = 1_000;
  private static final int MOST_ROUNDS = 60;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"snapshot.within-upload, 3", "checkpoint.after-publish, 2"})
  void a_job_halted_while_it_takes_a_checkpoint_loses_and_repeats_nothing(
      String failpoint, int passage) throws Exception {
    haltWhileItTakesCheckpoints(failpoint, passage);
  }

  @Tag("matrix")
  @ParameterizedTest
  @CsvSource({
    "snapshot.before-freeze, 1",
    "snapshot.before-freeze, 3",
    "snapshot.after-freeze, 4",
    "snapshot.before-upload, 1",
    "snapshot.before-upload, 7",
    "snapshot.within-upload, 1",
    "snapshot.after-upload, 1",
    "snapshot.after-upload, 7",
    "blob.before-write, 1",
    "blob.before-write, 9",
    "blob.within-write, 1",
    "blob.within-write, 9",
    "blob.before-force, 2",
    "blob.before-rename, 2",
    "blob.after-rename, 3",
    "blob.after-rename, 9",
    "blob.before-link, 1",
    "blob.before-link, 2",
    "blob.after-link, 1",
    "blob.after-link, 3",
    "blob.after-delete, 1",
    "checkpoint.before-announce, 1",
    "checkpoint.before-announce, 3",
    "checkpoint.after-announce, 1",
    "checkpoint.after-announce, 3",
    "checkpoint.before-publish, 1",
    "checkpoint.before-publish, 3",
    "checkpoint.after-publish, 1",
    "checkpoint.before-record, 1",
    "checkpoint.before-record, 3",
    "checkpoint.after-record, 1",
    "checkpoint.after-record, 3",
    "checkpoint.before-retire, 1",
    "checkpoint.before-retire, 2",
    "checkpoint.after-retire, 1",
    "catalog.before-delete, 1",
    "engine.within-apply, 8",
    "commit.after-block, 40",
    "commit.before-transaction, 40"
  })
  void a_job_halted_at_any_step_of_a_checkpoint_loses_and_repeats_nothing(
      String failpoint, int passage) throws Exception {
    haltWhileItTakesCheckpoints(failpoint, passage);
  }

  @ParameterizedTest
  @CsvSource({"restore.before-rebase, 1"})
  void a_job_halted_while_it_restores_a_checkpoint_restores_it_the_next_time(
      String failpoint, int passage) throws Exception {
    haltWhileItRestores(failpoint, passage);
  }

  @Tag("matrix")
  @ParameterizedTest
  @CsvSource({
    "restore.before-download, 1",
    "restore.before-download, 2",
    "restore.within-download, 1",
    "restore.within-download, 5",
    "restore.before-rename, 1",
    "restore.before-rename, 3",
    "restore.after-rename, 1",
    "restore.after-rename, 3",
    "restore.after-fetch, 1",
    "restore.within-download, 2",
    "restore.before-rebase, 3",
    "open.before-opening, 1",
    "open.before-opening, 3",
    "open.after-opening, 1",
    "open.after-opening, 2",
    "commit.before-block, 1",
    "engine.after-apply, 1"
  })
  void a_job_halted_at_any_step_of_a_restore_restores_it_the_next_time(
      String failpoint, int passage) throws Exception {
    haltWhileItRestores(failpoint, passage);
  }

  @Tag("matrix")
  @ParameterizedTest
  @CsvSource({"release.before-close, 1", "release.after-close, 1", "release.after-close, 3"})
  void a_job_halted_while_it_gives_up_its_tasks_loses_nothing(String failpoint, int passage)
      throws Exception {
    CheckpointedJob job = job(failpoint, passage);
    job.counting().send(RECORDS, KEYS, 1);
    try (ContainerProcess halted = start(job, false, failpoint, passage)) {
      halted.awaitLine("ready", 60);
      job.awaitOutputs(RECORDS / 2);
      halted.terminate();
      assertThat(halted.awaitExit(60)).as(halted.output()).isEqualTo(Failpoint.EXIT_STATUS);
    }
    finish(job);
  }

  private void haltWhileItTakesCheckpoints(String failpoint, int passage) throws Exception {
    CheckpointedJob job = job(failpoint, passage);
    job.counting().send(RECORDS, KEYS, 0);
    try (ContainerProcess halted = start(job, false, failpoint, passage)) {
      for (int round = 1; round < MOST_ROUNDS && !halted.endsWithin(400); round++) {
        job.counting().send(RECORDS / 10, KEYS, round);
      }
      assertThat(halted.awaitExit(1)).as(halted.output()).isEqualTo(Failpoint.EXIT_STATUS);
    }
    finish(job);
  }

  private void haltWhileItRestores(String failpoint, int passage) throws Exception {
    CheckpointedJob job = job(failpoint, passage);
    job.counting().send(RECORDS, KEYS, 0);
    try (ContainerProcess first = start(job, false, "none", 1)) {
      first.awaitLine("ready", 60);
      CheckpointedJob.await("a checkpoint", () -> !job.checkpoints().isEmpty());
      job.counting().send(RECORDS, KEYS, 1);
      job.awaitAll();
      CheckpointedJob.await("another checkpoint", () -> job.checkpoints().get(0).number() > 2);
      first.kill();
    }
    job.loseState();
    job.counting().send(RECORDS, KEYS, 2);
    try (ContainerProcess halted = start(job, false, failpoint, passage)) {
      assertThat(halted.awaitExit(60)).as(halted.output()).isEqualTo(Failpoint.EXIT_STATUS);
    }
    finish(job);
  }

  private CheckpointedJob job(String failpoint, int passage) throws Exception {
    String name = "halt-" + failpoint.replace('.', '-') + "-" + passage;
    CheckpointedJob job =
        new CheckpointedJob(new CountingJob(LocalKafka.shared(), name, 4, directory), directory);
    job.counting().with("task.checkpoint.interval.ms", "300").with("task.checkpoint.retain", "2");
    return job;
  }

  private static ContainerProcess start(
      CheckpointedJob job, boolean untilEnd, String failpoint, int passage) throws Exception {
    return ContainerProcess.start(
        job.counting().properties(),
        0,
        1,
        untilEnd,
        "-Dtidemark.failpoint=" + failpoint + ":" + passage);
  }

  /** Runs it to the end; its newest checkpoint must be sound, and enough to go on from. */
  private static void finish(CheckpointedJob job) throws Exception {
    try (ContainerProcess again = start(job, true, "none", 1)) {
      assertThat(again.awaitExit(90)).as(again.output()).isZero();
    }
    job.counting().assertOutputsExact();
    if (!job.checkpoints().isEmpty()) {
      job.assertSound(Location.LATEST);
    }
    job.loseState();
    job.assertExactAfterOneMore();
  }
}
