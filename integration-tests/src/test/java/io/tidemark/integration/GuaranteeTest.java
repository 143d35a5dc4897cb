package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What each way to run a job promises when its container is killed. */
@Timeout(180)
class GuaranteeTest {
  private static final int RECORDS = 40_000;
  private static final int KEYS = 1_000;

  @TempDir Path directory;

  /**
   * State and positions are of one block and so stay exact; outputs are sent before their block,
   * and those after the last block are sent again. So every count is sent, in order but for steps
   * back to what the state was.
   */
  @Test
  void at_least_once_repeats_outputs_but_loses_none_and_its_state_is_exact() throws Exception {
    CountingJob job =
        new CountingJob(LocalKafka.shared(), "at-least-once", 4, directory)
            .with("task.guarantee", "at-least-once");
    job.send(RECORDS, KEYS, 1);
    KilledJob.runToEnd(job, RECORDS);
    job.assertStateExact();
    job.assertStateExact(directory.resolve("another-machine"));
    Map<String, Long> highest = new HashMap<>();
    try (CommittedRecords<Long> outputs = job.outputs()) {
      outputs.readToEnd(
          record -> {
            long before = highest.getOrDefault(record.key(), 0L);
            assertThat(record.value()).as("a count that skips one").isBetween(1L, before + 1);
            highest.merge(record.key(), record.value(), Math::max);
          });
    }
    assertThat(highest).isEqualTo(job.expected());
  }

  @Test
  void a_dead_letter_stream_has_each_bad_record_once_though_the_container_is_killed()
      throws Exception {
    CountingJob job = new CountingJob(LocalKafka.shared(), "dead-letters", 4, directory);
    job.with("streams." + job.input() + ".on.error", "dead-letter");
    int bad = job.sendWithBad(RECORDS, KEYS, 2, 10);
    KilledJob.runToEnd(job, RECORDS - bad);
    job.assertExact();
    Map<String, Integer> found = new HashMap<>();
    try (CommittedRecords<String> rejected =
        new CommittedRecords<>(
            LocalKafka.shared(), job.input() + "-rejected", 4, new StringDeserializer())) {
      rejected.readToEnd(record -> found.merge(record.value(), 1, Integer::sum));
    }
    assertThat(found).hasSize(bad).allSatisfy((message, times) -> assertThat(times).isOne());
    assertThat(found.keySet()).allMatch(message -> message.startsWith(CountingTask.BAD));
  }

  @Test
  void an_async_task_is_exact_though_its_container_is_killed() throws Exception {
    CountingJob job =
        new CountingJob(LocalKafka.shared(), "async", 4, directory)
            .with("task.class", AsyncCountingTask.class.getName())
            .with("task.max.concurrency", "16");
    job.send(RECORDS, KEYS, 3);
    KilledJob.runToEnd(job, RECORDS);
    job.assertExact();
  }
}
