package io.tidemark.cli.demo;

import io.tidemark.api.TidemarkException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The broker's topics as an outsider sees them, with nothing but Kafka's own clients: what the demo
 * claims is not read with the code it tests. Confined to one thread.
 */
final class Topics implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration RETRY = Duration.ofMillis(10);
  private static final Duration POLL = Duration.ofMillis(200);

  private final String bootstrapServers;
  private final Admin admin;

  Topics(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  /**
   * Creates a topic; returns when the leaders of all its partitions are in office, for a producer
   * that comes earlier may be held up for minutes.
   */
  void create(String topic, int partitions) {
    String what = "create the topic " + topic;
    await(what, admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all());
    long patientUntil = System.nanoTime() + PATIENCE.toNanos();
    while (!isReady(topic, partitions)) {
      if (System.nanoTime() - patientUntil > 0) {
        throw failure(what, null);
      }
      LockSupport.parkNanos(RETRY.toNanos());
    }
  }

  private boolean isReady(String topic, int partitions) {
    try {
      return ends(topic, IsolationLevel.READ_UNCOMMITTED).size() == partitions;
    } catch (TidemarkException e) {
      if (e.getCause() instanceof RetriableException) {
        return false; // only leaders in office answer for their partitions
      }
      throw e;
    }
  }

  /**
   * About how many records a topic holds, those included whose transactions are open or were
   * aborted; 0 if there is no such topic.
   */
  long written(String topic) {
    return ends(topic, IsolationLevel.READ_UNCOMMITTED).values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  /**
   * Gives all committed records of a topic, up to what is its end now; those of a partition in
   * their order. Of a topic that does not exist there are none.
   */
  void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> each) {
    Map<TopicPartition, Long> ends = ends(topic, IsolationLevel.READ_COMMITTED);
    if (ends.isEmpty()) {
      return;
    }
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      consumer.assign(ends.keySet());
      consumer.seekToBeginning(ends.keySet());
      long patientUntil = System.nanoTime() + PATIENCE.toNanos();
      while (!isAt(consumer, ends)) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        records.forEach(each);
        if (!records.isEmpty()) {
          patientUntil = System.nanoTime() + PATIENCE.toNanos();
        } else if (System.nanoTime() - patientUntil > 0) {
          throw failure("read the topic " + topic + " to its end, " + ends, null);
        }
      }
    }
  }

  private static boolean isAt(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> properties =
        Map.of(
            "bootstrap.servers", bootstrapServers,
            "isolation.level", "read_committed",
            "enable.auto.commit", "false",
            "auto.offset.reset", "earliest",
            "max.poll.records", "10000",
            "max.partition.fetch.bytes", Integer.toString(4 << 20));
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private Map<TopicPartition, Long> ends(String topic, IsolationLevel isolation) {
    Collection<TopicPartition> partitions = partitions(topic);
    Map<TopicPartition, ListOffsetsResultInfo> found =
        await(
            "look at the topic " + topic,
            admin
                .listOffsets(
                    partitions.stream().collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest())),
                    new ListOffsetsOptions(isolation))
                .all());
    Map<TopicPartition, Long> ends = new HashMap<>();
    found.forEach((partition, end) -> ends.put(partition, end.offset()));
    return ends;
  }

  private Set<TopicPartition> partitions(String topic) {
    try {
      return admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
          .flatMap(found -> found.partitions().stream())
          .map(partition -> new TopicPartition(topic, partition.partition()))
          .collect(Collectors.toSet());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return Set.of();
      }
      throw failure("look at the topic " + topic, e.getCause());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private <T> T await(String what, KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw failure(what, e.getCause());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private TidemarkException failure(String what, @Nullable Throwable e) {
    return new TidemarkException(
        "TM-5011",
        "the demo's broker at %s did not let us %s%s"
            .formatted(bootstrapServers, what, e == null ? " in time" : ": " + e),
        e);
  }

  private static TidemarkException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new TidemarkException("TM-5012", "the demo was interrupted", e);
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(2));
  }
}
