package io.tidemark.systems.kafka;

import static java.util.stream.Collectors.toMap;

import io.tidemark.api.StateException;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a journal from its topic, one partition at a time. Connects with the first seek: mostly a
 * new owner only asks where a partition ends. Confined to one thread.
 */
final class KafkaJournalReader implements JournalReader {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaJournalReader.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** The cluster looks for transactions that are over time every ten seconds. */
  private static final Duration ABORT_MARGIN = Duration.ofSeconds(30);

  private final KafkaSettings settings;
  private final KafkaAdmin admin;
  private final Failures failures;
  private final String topic;
  private @Nullable KafkaConsumer<byte[], byte[]> client;
  private @Nullable TopicPartition partition;
  private long position;

  KafkaJournalReader(KafkaSettings settings, KafkaAdmin admin, String topic) {
    this.settings = settings;
    this.admin = admin;
    this.failures = new Failures(settings);
    this.topic = topic;
  }

  private KafkaConsumer<byte[], byte[]> client() {
    KafkaConsumer<byte[], byte[]> made = client;
    if (made == null) {
      made =
          failures.create(
              () ->
                  new KafkaConsumer<>(
                      properties(settings),
                      new ByteArrayDeserializer(),
                      new ByteArrayDeserializer()));
      client = made;
    }
    return made;
  }

  private static Map<String, Object> properties(KafkaSettings settings) {
    Map<String, Object> properties = settings.consumerProperties("journal");
    // A fetch that waits for records of one partition would hold up the seek to the next.
    properties.put("fetch.max.wait.ms", "10");
    return properties;
  }

  @Override
  public long end(int partition) {
    return offset(ends(List.of(partition)), partition);
  }

  @Override
  public Map<Integer, Long> ends(Collection<Integer> partitions) {
    Map<TopicPartition, Long> written =
        admin.ends(partitions.stream().map(this::in).toList(), IsolationLevel.READ_UNCOMMITTED);
    awaitDecided(written);
    return written.entrySet().stream()
        .collect(toMap(end -> end.getKey().partition(), Map.Entry::getValue));
  }

  private TopicPartition in(int partition) {
    return new TopicPartition(topic, partition);
  }

  private void awaitDecided(Map<TopicPartition, Long> written) {
    Duration limit = settings.transactionTimeout().plus(ABORT_MARGIN);
    Pause pause = new Pause(limit);
    List<TopicPartition> undecided = undecided(written, List.copyOf(written.keySet()));
    while (!undecided.isEmpty()) {
      if (!pause.next()) {
        throw new StateException(
            "TM-3009",
            ("A transaction in the journal %s[%d] of system %s has been open for %d s, longer than"
                    + " one of this job could be; kafka-transactions.sh find-hanging shows and"
                    + " aborts it")
                .formatted(
                    topic, undecided.get(0).partition(), settings.name(), limit.toSeconds()));
      }
      undecided = undecided(written, undecided);
    }
  }

  /** Those of some partitions with an open transaction before the place up to which was written. */
  private List<TopicPartition> undecided(
      Map<TopicPartition, Long> written, List<TopicPartition> asked) {
    Map<TopicPartition, Long> stable = admin.ends(asked, IsolationLevel.READ_COMMITTED);
    return asked.stream()
        .filter(partition -> offset(stable, partition) < offset(written, partition))
        .toList();
  }

  @Override
  public long oldest(int partition) {
    TopicPartition wanted = in(partition);
    return offset(admin.oldest(List.of(wanted)), wanted);
  }

  @Override
  public void seek(int partition, long position) {
    long oldest = oldest(partition);
    TopicPartition wanted = in(partition);
    long end = offset(admin.ends(List.of(wanted), IsolationLevel.READ_UNCOMMITTED), wanted);
    if (position < oldest || position > end) {
      throw notThere(partition, position, "it holds " + oldest + " to " + end, null);
    }
    client().assign(List.of(wanted));
    client().seek(wanted, position);
    this.partition = wanted;
    this.position = position;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public List<JournalRecord> poll(Duration timeout) {
    TopicPartition reading = partition;
    if (reading == null) {
      throw new IllegalStateException("poll before the first seek");
    }
    ConsumerRecords<byte[], byte[]> found;
    try {
      found = client().poll(timeout);
    } catch (InterruptException e) {
      return List.of(); // the thread keeps its flag
    } catch (OffsetOutOfRangeException e) {
      throw notThere(reading.partition(), position, "it has been trimmed meanwhile", e);
    } catch (KafkaException e) {
      throw failures.of(e, "read the journal " + reading, "TM-2006");
    }
    List<JournalRecord> records = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : found.records(reading)) {
      byte[] value = record.value(); // null if it is no record of a journal: then it is no block
      records.add(new JournalRecord(record.offset(), value == null ? new byte[0] : value));
    }
    OffsetAndMetadata next = found.nextOffsets().get(reading);
    if (next != null) {
      position = next.offset();
    }
    return records;
  }

  @Override
  public void close() {
    KafkaConsumer<byte[], byte[]> made = client;
    if (made == null) {
      return;
    }
    try {
      made.close(CloseOptions.timeout(CLOSE_TIMEOUT));
    } catch (KafkaException e) {
      LOG.warn("A reader of the journal {} did not close well", topic, e);
    }
  }

  private StateException notThere(
      int partition, long position, String why, @Nullable Throwable cause) {
    return new StateException(
        "TM-3006",
        "The journal %s[%d] of system %s has no position %d: %s"
            .formatted(topic, partition, settings.name(), position, why),
        cause);
  }

  private static <P> long offset(Map<P, Long> offsets, P partition) {
    return Objects.requireNonNull(offsets.get(partition), "the partition asked for");
  }
}
