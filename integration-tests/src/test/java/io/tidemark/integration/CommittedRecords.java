package io.tidemark.integration;

import io.tidemark.systems.kafka.broker.LocalKafka;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What is committed in a topic, partition by partition, from the beginning on. */
final class CommittedRecords<V> implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(50);

  private final LocalKafka kafka;
  private final List<TopicPartition> partitions;
  private final KafkaConsumer<String, V> consumer;

  CommittedRecords(LocalKafka kafka, String topic, int partitions, Deserializer<V> values) {
    this.kafka = kafka;
    this.partitions =
        IntStream.range(0, partitions).mapToObj(p -> new TopicPartition(topic, p)).toList();
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", kafka.bootstrapServers());
    properties.put("isolation.level", "read_committed");
    properties.put("auto.offset.reset", "earliest");
    this.consumer = new KafkaConsumer<>(properties, new StringDeserializer(), values);
    consumer.assign(this.partitions);
  }

  /** Reads on until so many more records have come; the topic need not exist yet. */
  void await(long count, long seconds) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    long found = 0;
    while (found < count) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(found + " records came in " + seconds + " s, not " + count);
      }
      found += consumer.poll(POLL).count();
    }
  }

  /** Waits until something is written that is not committed yet. The topic must exist. */
  void awaitOpenTransaction(long seconds) {
    try (Admin admin = admin()) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      while (ends(admin, IsolationLevel.READ_UNCOMMITTED)
          .equals(ends(admin, IsolationLevel.READ_COMMITTED))) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError("nothing came in " + seconds + " s");
        }
        TimeUnit.MILLISECONDS.sleep(5);
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError("the ends of " + partitions + " cannot be read", e);
    }
  }

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }

  /** Reads on for a short time. */
  void readSome(Consumer<ConsumerRecord<String, V>> action) {
    consumer.poll(POLL.multipliedBy(4)).forEach(action);
  }

  /** Reads on to the end, once the outcome of every transaction is decided. */
  void readToEnd(Consumer<ConsumerRecord<String, V>> action) {
    Map<TopicPartition, Long> ends = decidedEnds();
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      consumer.poll(POLL).forEach(action);
    }
  }

  /** The ends of the partitions; a commit may be decided a moment after its writer has ended. */
  private Map<TopicPartition, Long> decidedEnds() {
    try (Admin admin = admin()) {
      Map<TopicPartition, Long> written = ends(admin, IsolationLevel.READ_UNCOMMITTED);
      Map<TopicPartition, Long> decided = ends(admin, IsolationLevel.READ_COMMITTED);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (!decided.equals(written)) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError("open transactions: " + decided + " of " + written);
        }
        TimeUnit.MILLISECONDS.sleep(10);
        decided = ends(admin, IsolationLevel.READ_COMMITTED);
      }
      return written;
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError("the ends of " + partitions + " cannot be read", e);
    }
  }

  private Map<TopicPartition, Long> ends(Admin admin, IsolationLevel isolation)
      throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    partitions.forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    admin
        .listOffsets(wanted, new ListOffsetsOptions(isolation))
        .all()
        .get()
        .forEach((partition, found) -> ends.put(partition, found.offset()));
    return ends;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
