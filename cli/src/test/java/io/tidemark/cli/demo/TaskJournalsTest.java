package io.tidemark.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.journal.Block.Opening;
import io.tidemark.journal.BlockBuilder;
import io.tidemark.journal.BlockEncoder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class TaskJournalsTest {
  private static final UUID ID = new UUID(1, 2);

  private final TaskJournals journals = new TaskJournals("journal", 3);
  private final BlockEncoder encoder = new BlockEncoder(1 << 20);
  private long offset;

  @Test
  void the_task_that_commits_again_last_tells_how_long_all_stood_still() {
    opening(0, 1, 1, 0);
    opening(2, 1, 1, 0);
    commit(0, 2, 1, 100);
    commit(2, 2, 1, 100);
    opening(0, 3, 2, 900);
    opening(2, 3, 2, 900);
    commit(0, 4, 2, 1_000);
    commit(2, 4, 2, 1_400);

    assertThat(stoodStill(150, 0, 2)).contains(Duration.ofMillis(1_250));
  }

  @Test
  void taking_over_a_task_is_no_commit_of_it() {
    opening(0, 1, 1, 0);
    commit(0, 2, 1, 100);
    opening(0, 3, 2, 900);

    assertThat(stoodStill(150, 0)).isEmpty();
    assertThat(journals.commits()).isEqualTo(1);
    assertThat(journals.state(0).commit()).isEqualTo(3);
  }

  @Test
  void a_task_that_had_nothing_left_to_commit_does_not_count() {
    opening(0, 1, 1, 0);
    opening(1, 1, 1, 0);
    commit(1, 2, 1, 100);
    commit(0, 2, 1, 300);

    assertThat(stoodStill(150, 0, 1)).contains(Duration.ofMillis(150));
  }

  private Optional<Duration> stoodStill(long incident, Integer... tasks) {
    return journals.stoodStill(Instant.ofEpochMilli(incident), List.of(tasks));
  }

  private void opening(int task, long number, long generation, long time) {
    BlockBuilder block = new BlockBuilder().begin(number, generation, 0, "writer", ID);
    add(task, time, block.opening(new Opening(3, 3, 384, 0, List.of())));
  }

  private void commit(int task, long number, long generation, long time) {
    add(task, time, new BlockBuilder().begin(number, generation, 0, "writer", ID));
  }

  private void add(int task, long time, BlockBuilder block) {
    for (byte[] record : block.build(encoder).records()) {
      journals.add(
          new ConsumerRecord<>(
              "journal",
              task,
              offset++,
              time,
              TimestampType.CREATE_TIME,
              -1,
              record.length,
              null,
              record,
              new RecordHeaders(),
              Optional.empty()));
    }
  }
}
