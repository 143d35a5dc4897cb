package io.tidemark.benchmarks.bench;

import io.tidemark.benchmarks.contender.Message;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The broker's topics: creates, fills, measures and removes them. One thread. */
final class Topics implements AutoCloseable {
  private final String bootstrapServers;
  private final Admin admin;

  Topics(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
  }

  /** Creates a topic whose records bear the time at which the broker appended them. */
  void createOutput(String topic, int partitions) {
    create(topic, partitions, Map.of("message.timestamp.type", "LogAppendTime"));
  }

  void create(String topic, int partitions, Map<String, String> properties) {
    await(
        admin
            .createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(properties)))
            .all());
    while (!isLed(topic, partitions)) {
      Waiting.pause(50);
    }
  }

  /** Writes records, the n-th with the n-th key of a sequence and the n-th message. */
  void fill(String topic, KeySequence keys, long first, long end) {
    try (Producer<byte[], byte[]> producer = producer()) {
      for (long number = first; number < end; number++) {
        producer.send(new ProducerRecord<>(topic, bytes(keys.key(number)), Message.of(number)));
      }
    }
  }

  /** A producer of records that must arrive once, fast rather than soon. */
  Producer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "linger.ms",
            "20",
            "batch.size",
            Integer.toString(256 << 10),
            "buffer.memory",
            Long.toString(128L << 20)),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  static byte[] bytes(long key) {
    return ByteBuffer.allocate(Long.BYTES).putLong(key).array();
  }

  /** The sum over all partitions of where the log ends. */
  long end(String topic, int partitions, IsolationLevel isolation) {
    Map<TopicPartition, OffsetSpec> asked =
        partitionsOf(topic, partitions).stream()
            .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
    return await(admin.listOffsets(asked, new ListOffsetsOptions(isolation)).all())
        .values()
        .stream()
        .mapToLong(found -> found.offset())
        .sum();
  }

  static List<TopicPartition> partitionsOf(String topic, int partitions) {
    return IntStream.range(0, partitions).mapToObj(p -> new TopicPartition(topic, p)).toList();
  }

  /** How many bytes the broker's logs have, by topic. */
  Map<String, Long> bytes() {
    Map<String, Long> bytes = new HashMap<>();
    await(admin.describeLogDirs(List.of(1)).allDescriptions()).values().stream()
        .flatMap(directories -> directories.values().stream())
        .flatMap(directory -> directory.replicaInfos().entrySet().stream())
        .forEach(
            replica -> bytes.merge(replica.getKey().topic(), replica.getValue().size(), Long::sum));
    return bytes;
  }

  /** How many bytes were written since an earlier look, to topics that are still there. */
  long bytesSince(Map<String, Long> before) {
    return bytes().entrySet().stream()
        .mapToLong(now -> Math.max(0, now.getValue() - before.getOrDefault(now.getKey(), 0L)))
        .sum();
  }

  /** Removes all topics whose names begin so. */
  void delete(String beginning) {
    List<String> found =
        await(admin.listTopics().names()).stream()
            .filter(topic -> topic.startsWith(beginning))
            .toList();
    if (!found.isEmpty()) {
      await(admin.deleteTopics(found).all());
    }
  }

  /** Whether a topic's partitions have leaders that answer. */
  private boolean isLed(String topic, int partitions) {
    try {
      end(topic, partitions, IsolationLevel.READ_UNCOMMITTED);
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private static <T> T await(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the broker refused: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
