package io.tidemark.systems.kafka;

import static io.tidemark.system.StreamReading.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.TidemarkException;
import io.tidemark.journal.Guarantee;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalFactory;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalWriter;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.StreamReading;
import io.tidemark.system.StreamSpec;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is Kafka's own about a transactional writer; the contract has the rest. */
@Timeout(60)
class TransactionalWriterTest {
  private final Cluster cluster = Cluster.shared();
  private final String unique = UUID.randomUUID().toString();
  private final String stream = "outputs-" + unique;
  private JournalFactory system;
  private Journal journal;
  private JournalWriter writer;

  @BeforeEach
  void openWriter() {
    system = cluster.open();
    system.admin().create(new StreamSpec(stream, 1, Map.of("max.message.bytes", "100000")));
    journal = system.journal("journal-" + unique);
    journal.create(1);
    writer = journal.writer("worker-" + unique, Guarantee.EXACTLY_ONCE);
  }

  @AfterEach
  void close() {
    writer.close();
    system.close();
  }

  @Test
  void closingLeavesNoTransactionOpen() throws Exception {
    writer.append(0, block("lost"));
    writer.outputs().send(record(stream, 0, "lost"));
    writer.outputs().flush();
    assertThat(hasOpenTransaction()).isTrue();
    writer.close();
    awaitNoOpenTransaction();
    assertThat(outputs()).isEmpty();
  }

  @Test
  void aRecordThatIsRefusedFailsItsCommitAndLeavesNothingOpen() throws Exception {
    writer.append(0, block("lost"));
    writer.outputs().send(record(stream, 0, "lost"));
    writer.outputs().send(tooLarge());
    CompletableFuture<Map<Integer, Long>> commit = writer.commit();
    assertThatThrownBy(() -> commit.get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining("TM-2003")
        .hasMessageContaining("kafka." + stream + "[0]");
    awaitNoOpenTransaction();
    assertThat(outputs()).isEmpty();
  }

  @Test
  void theCommitBehindOneThatFailsIsNeverVisible() throws Exception {
    writer.outputs().send(tooLarge());
    CompletableFuture<Map<Integer, Long>> commit = writer.commit();
    assertThatThrownBy(
            () -> {
              for (int i = 0; ; i++) {
                writer.outputs().send(record(stream, 0, "behind " + i));
              }
            })
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining("TM-2003");
    assertThat(commit).isCompletedExceptionally();
    assertThat(writer.commit()).isCompletedExceptionally();
    writer.close();
    awaitNoOpenTransaction();
    assertThat(outputs()).isEmpty();
  }

  @Test
  void anOutputThatIsRefusedIsToldByTheNextFlush() {
    writer.outputs().send(tooLarge());
    assertThatThrownBy(() -> writer.outputs().flush())
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining("kafka." + stream + "[0]");
    assertThatThrownBy(() -> writer.append(0, block("lost"))).isInstanceOf(TidemarkException.class);
    assertThat(writer.commit()).isCompletedExceptionally();
  }

  @Test
  void theEndOfAJournalWaitsForTheTransactionThatIsOpen() throws Exception {
    writer.append(0, block("decided later"));
    writer.outputs().flush();
    try (JournalReader reader = journal.reader()) {
      CompletableFuture<Long> end = CompletableFuture.supplyAsync(() -> reader.end(0));
      assertThatThrownBy(() -> end.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      writer.commit().get(30, TimeUnit.SECONDS);
      assertThat(end.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    }
  }

  private OutgoingRecord tooLarge() {
    // Random, so that compression does not make it small; larger than a batch, so that Kafka's
    // client does not try to split it from others.
    byte[] value = new byte[300_000];
    new Random(1).nextBytes(value);
    return new OutgoingRecord(stream, 0, null, null, value, -1, List.of());
  }

  private List<String> outputs() {
    return StreamReading.values(system, StreamReading.partition(Cluster.NAME, stream, 0));
  }

  /** Far sooner than the cluster would abort one by itself. */
  private void awaitNoOpenTransaction() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (hasOpenTransaction()) {
      assertThat(System.nanoTime()).as("a transaction is open").isLessThan(deadline);
      Thread.sleep(5);
    }
  }

  private boolean hasOpenTransaction() throws Exception {
    return end(IsolationLevel.READ_COMMITTED) < end(IsolationLevel.READ_UNCOMMITTED);
  }

  private long end(IsolationLevel isolation) throws Exception {
    TopicPartition partition = new TopicPartition(stream, 0);
    try (Admin admin = cluster.admin()) {
      return admin
          .listOffsets(Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(isolation))
          .partitionResult(partition)
          .get()
          .offset();
    }
  }

  private static List<byte[]> block(String text) {
    return List.of(text.getBytes(UTF_8));
  }
}
