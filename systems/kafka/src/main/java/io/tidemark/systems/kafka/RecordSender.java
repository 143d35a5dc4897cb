package io.tidemark.systems.kafka;

import io.tidemark.api.Header;
import io.tidemark.api.TidemarkException;
import io.tidemark.system.KeyHash;
import io.tidemark.system.OutgoingRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A producer of Kafka's that remembers the first record refused: from then on every call throws.
 * Any thread, as far as the order of records does not matter to the caller.
 */
final class RecordSender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RecordSender.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final KafkaSettings settings;
  private final KafkaAdmin admin;
  private final Failures failures;
  private final KafkaProducer<byte[], byte[]> client;
  private final AtomicReference<@Nullable TidemarkException> refusal = new AtomicReference<>();
  private final Callback remember = this::acknowledged;

  /** Sends outside of transactions. */
  RecordSender(KafkaSettings settings, KafkaAdmin admin, String clientId) {
    this(settings, admin, settings.producerProperties(clientId));
  }

  RecordSender(KafkaSettings settings, KafkaAdmin admin, Map<String, Object> properties) {
    this.settings = settings;
    this.admin = admin;
    this.failures = new Failures(settings);
    this.client =
        failures.create(
            () ->
                new KafkaProducer<>(
                    properties, new ByteArraySerializer(), new ByteArraySerializer()));
  }

  /** Kafka's own client, for transactions. */
  KafkaProducer<byte[], byte[]> client() {
    return client;
  }

  /** Addresses a record: its partition is decided here, unless Kafka is to choose it. */
  static ProducerRecord<byte[], byte[]> address(OutgoingRecord record, KafkaAdmin admin) {
    int partition = record.partition();
    byte[] partitionKey = record.partitionKey();
    int partitions = admin.requirePartition(record.stream(), Math.max(partition, 0));
    if (partition < 0 && partitionKey != null) {
      partition = KeyHash.partition(partitionKey, partitions);
    }
    return new ProducerRecord<>(
        record.stream(),
        partition < 0 ? null : partition,
        record.timestamp() < 0 ? null : record.timestamp(),
        record.key(),
        record.value(),
        headers(record.headers()));
  }

  private static @Nullable List<org.apache.kafka.common.header.Header> headers(
      List<Header> headers) {
    if (headers.isEmpty()) {
      return null;
    }
    List<org.apache.kafka.common.header.Header> converted = new ArrayList<>(headers.size());
    headers.forEach(header -> converted.add(new RecordHeader(header.name(), header.value())));
    return converted;
  }

  void send(OutgoingRecord record) {
    send(address(record, admin));
  }

  /** Sends a record; the future is done after the next {@link #flush}. */
  Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
    throwRefusal();
    try {
      return client.send(record, remember);
    } catch (KafkaException | IllegalStateException e) {
      throw refused(record.topic(), record.partition(), e);
    }
  }

  /** Waits until everything sent is acknowledged. */
  void flush() {
    try {
      client.flush();
    } catch (KafkaException | IllegalStateException e) {
      throw failures.of(e, "wait for what was sent", "TM-2003");
    }
    throwRefusal();
  }

  void throwRefusal() {
    TidemarkException refused = refusal.get();
    if (refused != null) {
      throw refused;
    }
  }

  private void acknowledged(RecordMetadata metadata, @Nullable Exception error) {
    if (error != null && refusal.get() == null) {
      refusal.compareAndSet(null, refused(metadata.topic(), metadata.partition(), error));
    }
  }

  private TidemarkException refused(String topic, @Nullable Integer partition, Exception error) {
    String where = partition == null || partition < 0 ? "" : "[" + partition + "]";
    return failures.of(
        error, "send a record to " + settings.name() + "." + topic + where, "TM-2003");
  }

  /** Aborts what is open; waits a little for what was sent. */
  @Override
  public void close() {
    try {
      client.close(CLOSE_TIMEOUT);
    } catch (KafkaException e) {
      LOG.warn("A producer of system {} did not close well", settings.name(), e);
    }
  }
}
