package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.checkpoint.Location;
import io.tidemark.container.Job;
import io.tidemark.system.Failpoint;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A job that takes checkpoints all the time is halted at each step of one, and of what uses them,
 * and started again: the result is that of one run, and its newest checkpoint is sound and restores
 * it. Only what is halted has a process of its own; and rows run side by side.
 */
@Timeout(600)
class CheckpointCrashTest {
  private static final int RECORDS = 2_000;
  private static final int KEYS = 500;
  private static final int LIMIT_S = 180;

  @TempDir Path directory;

  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest
  @CsvSource({"snapshot.within-upload, 3", "checkpoint.after-publish, 2"})
  void a_job_halted_while_it_takes_a_checkpoint_loses_and_repeats_nothing(
      String failpoint, int passage) throws Exception {
    haltWhileItTakesCheckpoints(failpoint, passage);
  }

  @Tag("matrix")
  @Execution(ExecutionMode.CONCURRENT)
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
    "cut.before-block, 1",
    "cut.before-block, 6",
    "cut.confirmed, 1",
    "cut.confirmed, 7",
    "snapshot.before-acknowledge, 1",
    "snapshot.before-acknowledge, 4",
    "snapshot.before-acknowledge, 6",
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

  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest
  @CsvSource({"restore.before-rebase, 1"})
  void a_job_halted_while_it_restores_a_checkpoint_restores_it_the_next_time(
      String failpoint, int passage) throws Exception {
    haltWhileItRestores(failpoint, passage);
  }

  @Tag("matrix")
  @Execution(ExecutionMode.CONCURRENT)
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
    "restore.before-force, 1",
    "restore.before-force, 3",
    "restore.after-force, 1",
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
  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest
  @CsvSource({
    "journal.before-trim, 1",
    "journal.before-trim, 3",
    "journal.after-trim, 1",
    "journal.after-trim, 4"
  })
  void a_job_halted_while_it_trims_its_journals_has_what_it_needs(String failpoint, int passage)
      throws Exception {
    CheckpointedJob job = job(failpoint, passage);
    runWithCheckpoints(job); // only what the engines held when they were closed is trimmed
    job.counting().send(RECORDS, KEYS, 2);
    halt(job, failpoint, passage);
    finish(job);
  }

  @Tag("matrix")
  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest
  @CsvSource({"release.before-close, 1", "release.after-close, 1", "release.after-close, 3"})
  void a_job_halted_while_it_gives_up_its_tasks_loses_nothing(String failpoint, int passage)
      throws Exception {
    CheckpointedJob job = job(failpoint, passage);
    job.counting().send(RECORDS, KEYS, 1);
    try (ContainerProcess halted = start(job, failpoint, passage)) {
      halted.awaitLine("ready", LIMIT_S);
      job.awaitOutputs(RECORDS / 2);
      halted.terminate();
      assertThat(halted.awaitExit(LIMIT_S)).as(halted.output()).isEqualTo(Failpoint.EXIT_STATUS);
    }
    finish(job);
  }

  private void haltWhileItTakesCheckpoints(String failpoint, int passage) throws Exception {
    CheckpointedJob job = job(failpoint, passage);
    job.counting().send(RECORDS, KEYS, 0);
    try (ContainerProcess halted = start(job, failpoint, passage)) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
      for (int round = 1; System.nanoTime() < deadline && !halted.endsWithin(200); round++) {
        job.counting().send(RECORDS / 20, KEYS, round);
      }
      assertThat(halted.awaitExit(1)).as(halted.output()).isEqualTo(Failpoint.EXIT_STATUS);
    }
    finish(job);
  }

  private void haltWhileItRestores(String failpoint, int passage) throws Exception {
    CheckpointedJob job = job(failpoint, passage);
    runWithCheckpoints(job);
    job.loseState();
    job.counting().send(RECORDS, KEYS, 2);
    halt(job, failpoint, passage);
    finish(job);
  }

  private static void runWithCheckpoints(CheckpointedJob job) {
    job.counting().send(RECORDS, KEYS, 0);
    try (Job unused = job.start()) {
      CheckpointedJob.await("a checkpoint", () -> !job.checkpoints().isEmpty());
      job.counting().send(RECORDS, KEYS, 1);
      job.awaitAll();
      CheckpointedJob.await("another checkpoint", () -> job.checkpoints().get(0).number() > 2);
    }
  }

  private CheckpointedJob job(String failpoint, int passage) throws Exception {
    String name = "halt-" + failpoint.replace('.', '-') + "-" + passage;
    CheckpointedJob job =
        new CheckpointedJob(new CountingJob(LocalKafka.shared(), name, 4, directory), directory);
    job.counting().with("task.checkpoint.interval.ms", "100").with("task.checkpoint.retain", "2");
    return job;
  }

  private static void halt(CheckpointedJob job, String failpoint, int passage) throws Exception {
    try (ContainerProcess halted = start(job, failpoint, passage)) {
      assertThat(halted.awaitExit(LIMIT_S)).as(halted.output()).isEqualTo(Failpoint.EXIT_STATUS);
    }
  }

  private static ContainerProcess start(CheckpointedJob job, String failpoint, int passage)
      throws Exception {
    return ContainerProcess.start(
        job.counting().properties(),
        0,
        1,
        false,
        "-Dtidemark.failpoint=" + failpoint + ":" + passage);
  }

  /** Runs it to the end; its newest checkpoint must be sound, and enough to go on from. */
  private static void finish(CheckpointedJob job) {
    job.counting().runToEnd();
    job.counting().assertOutputsExact();
    if (!job.checkpoints().isEmpty()) {
      job.assertSound(Location.LATEST);
    }
    job.loseState();
    job.assertExactAfterOneMore();
  }
}
