package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.StateException;
import io.tidemark.api.TidemarkException;
import io.tidemark.container.Job;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A journal that is not what was written to it, or not a journal: an error that says where. */
@Timeout(180)
class JournalDamageTest {
  private static final int PARTITIONS = 2;
  private static final int RECORDS = 5_000;

  @TempDir Path directory;
  private final LocalKafka kafka = LocalKafka.shared();
  private CountingJob job;

  private enum Damage {
    FLIPPED_BIT,
    TRUNCATED,
    EMPTY,
    GARBAGE;

    byte[] of(byte[] block) {
      return switch (this) {
        case FLIPPED_BIT -> {
          byte[] flipped = block.clone();
          flipped[flipped.length - 1] ^= 1;
          yield flipped;
        }
        case TRUNCATED -> Arrays.copyOf(block, block.length - 3);
        case EMPTY -> new byte[0];
        case GARBAGE -> "no block".repeat(10).getBytes(StandardCharsets.UTF_8);
      };
    }
  }

  @BeforeEach
  void make(TestInfo test) throws Exception {
    String name =
        "damage-" + Integer.toHexString((test.getTestMethod() + test.getDisplayName()).hashCode());
    job = new CountingJob(kafka, name, PARTITIONS, directory);
    job.send(RECORDS, 500, 1);
  }

  @ParameterizedTest
  @EnumSource(Damage.class)
  void a_damaged_record_is_an_error_that_names_journal_partition_and_position(Damage damage)
      throws Exception {
    job.runToEnd();
    ConsumerRecord<byte[], byte[]> last = lastRecord(1);
    long position = append(1, damage.of(last.value()));
    assertDamaged(position, Map.of());
    assertDamaged(position, Map.of("job.state.dir", directory.resolve("new").toString()));
  }

  private void assertDamaged(long position, Map<String, String> changes) {
    assertThatThrownBy(() -> job.runToEnd(changes))
        .isInstanceOfSatisfying(
            StateException.class,
            e ->
                assertThat(e.getMessage())
                    .startsWith("TM-3007: ")
                    .contains("partition 1 of journal " + job.journal())
                    .contains("at position " + position));
  }

  /** A task whose local state is beyond the damage does not read there. */
  @Test
  void a_job_that_runs_or_has_newer_local_state_goes_on() throws Exception {
    try (Job running = Job.of(job.config()).start()) {
      running.awaitRunning();
      append(1, Damage.GARBAGE.of(new byte[0]));
      job.send(RECORDS, 500, 2);
      try (CommittedRecords<Long> outputs = job.outputs()) {
        outputs.await(job.sent(), 60);
      }
      running.requestStop();
      assertThat(running.awaitEnd(Duration.ofSeconds(30))).isTrue();
    }
    job.send(RECORDS, 500, 3);
    job.runToEnd();
    job.assertOutputsExact();
    job.assertStateExact();
  }

  @Test
  void a_journal_that_was_deleted_is_missed() throws Exception {
    job.runToEnd();
    try (Admin admin = admin()) {
      admin.deleteTopics(List.of(job.journal())).all().get();
    }
    Map<String, Long> before = job.lastOutputs();
    assertThatThrownBy(job::runToEnd)
        .isInstanceOfSatisfying(
            StateException.class,
            e ->
                assertThat(e.getMessage())
                    .startsWith("TM-3006: ")
                    .contains(job.journal(), "Was the journal deleted"));
    assertThat(job.lastOutputs()).isEqualTo(before);
  }

  /** What it still has is not enough for a machine that has nothing. */
  @Test
  void a_journal_that_lost_its_beginning_is_an_error() throws Exception {
    job.runToEnd();
    job.send(RECORDS, 500, 2);
    job.runToEnd();
    try (Admin admin = admin()) {
      admin
          .deleteRecords(
              Map.of(
                  new TopicPartition(job.journal(), 1),
                  RecordsToDelete.beforeOffset(lastRecord(1).offset())))
          .all()
          .get();
    }
    assertThatThrownBy(
            () -> job.runToEnd(Map.of("job.state.dir", directory.resolve("new").toString())))
        .isInstanceOfSatisfying(
            TidemarkException.class,
            e -> assertThat(e.getMessage()).startsWith("TM-3006: ").contains(job.journal()));
    job.runToEnd(); // where the local state is, all is well
    job.assertOutputsExact();
    job.assertStateExact();
  }

  @Test
  void a_topic_that_forgets_is_refused_as_a_journal() throws Exception {
    assertRefused("retention.ms", "60000");
    assertRefused("retention.bytes", "1000000");
    assertRefused("cleanup.policy", "compact");
  }

  private void assertRefused(String key, String value) throws Exception {
    String id = key.replace('.', '-');
    String journal = job.journal().replace("-1-", "-" + id + "-");
    try (Admin admin = admin()) {
      NewTopic topic = new NewTopic(journal, PARTITIONS, (short) 1).configs(Map.of(key, value));
      admin.createTopics(List.of(topic)).all().get();
    }
    assertThatThrownBy(() -> job.runToEnd(Map.of("job.id", id)))
        .isInstanceOfSatisfying(
            TidemarkException.class,
            e -> assertThat(e.getMessage()).startsWith("TM-1052: ").contains(journal, key));
  }

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }

  private long append(int partition, byte[] value) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      return producer
          .send(new ProducerRecord<>(job.journal(), partition, null, value))
          .get()
          .offset();
    }
  }

  private ConsumerRecord<byte[], byte[]> lastRecord(int partition) {
    TopicPartition journal = new TopicPartition(job.journal(), partition);
    Map<String, Object> properties =
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
    ConsumerRecord<byte[], byte[]> last = null;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(journal));
      consumer.seekToBeginning(List.of(journal));
      long end = consumer.endOffsets(List.of(journal)).get(journal);
      while (consumer.position(journal) < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
          last = record;
        }
      }
    }
    assertThat(last).as("a block").isNotNull();
    return last;
  }
}
