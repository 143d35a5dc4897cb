package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.checkpoint.Location;
import io.tidemark.container.Job;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs on a real broker that go on with other tasks, or over more partitions. */
@Timeout(180)
class RescaleTest {
  private static final int PARTITIONS = 2;
  private static final int KEYS = 500;

  @TempDir Path directory;

  private CheckpointedJob job(String name) throws Exception {
    return new CheckpointedJob(
        new CountingJob(LocalKafka.shared(), name, PARTITIONS, directory), directory);
  }

  /** Begins a job, from a savepoint if one is named, and stops it with another. */
  private static void run(CheckpointedJob job, String from, long outputs, String savepoint)
      throws Exception {
    try (Job running = from.isEmpty() ? job.start() : job.startFrom(Location.savepoint(from))) {
      job.awaitOutputs(outputs);
      CheckpointedJob.stopWith(running, savepoint);
    }
    job.assertSound(Location.savepoint(savepoint));
  }

  @Test
  void tasks_are_split_and_merged_in_the_middle_of_reading() throws Exception {
    CheckpointedJob job = job("rescaled");
    String from = "";
    for (int tasks : new int[] {4, 16, 2, 8, 1}) {
      job.counting().with("task.count", Integer.toString(tasks));
      long before = job.counting().sent();
      job.counting().sendInTransactions(20_000, KEYS, tasks);
      run(job, from, before + 5_000, "with-" + tasks);
      from = "with-" + tasks;
    }
    job.counting().with("task.count", "4");
    try (Job running = job.startFrom(Location.savepoint(from))) {
      job.awaitAll();
      assertThat(CheckpointedJob.coordinator(running).view().timeline().number()).isEqualTo(6);
    }
    job.loseState();
    job.assertExactAfterOneMore();
  }

  @Test
  void partitions_are_added_when_all_is_read_though_transactions_leave_marks() throws Exception {
    CheckpointedJob job = job("grown");
    job.counting().sendInTransactions(5_000, KEYS, 1);
    run(job, "", job.counting().sent(), "before");
    job.counting().addPartitions(2 * PARTITIONS);
    job.counting().sendInTransactions(5_000, KEYS, 2);
    run(job, "before", job.counting().sent(), "after");
    job.counting().sendInTransactions(5_000, 2 * KEYS, 3);
    try (Job running = job.startFrom(Location.savepoint("after"))) {
      job.awaitAll();
      CheckpointedJob.checkpoint(running);
    }
    job.loseState();
    job.assertExactAfterOneMore();
  }

  @Test
  void partitions_are_not_added_while_the_former_ones_have_unread_keys_of_others()
      throws Exception {
    CheckpointedJob job = job("unread");
    job.counting().sendInTransactions(1_000, KEYS, 1);
    run(job, "", job.counting().sent(), "before");
    Map<String, Long> read = new HashMap<>(job.counting().expected());
    job.counting().sendInTransactions(1_000, KEYS, 2);
    job.counting().addPartitions(2 * PARTITIONS);
    assertThatThrownBy(() -> job.startFrom(Location.savepoint("before")))
        .hasMessageContaining("TM-8507")
        .hasMessageContaining("partitions were added to kafka.unread-in");
    assertThat(job.counting().lastOutputs()).isEqualTo(read);
  }
}
