package io.tidemark.benchmarks.bench;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads what a contender has committed, and when the broker took it. One thread. */
final class OutputReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;
  private final Output output;
  private final Arrivals arrivals = new Arrivals();

  OutputReader(String bootstrapServers, String topic, Case work) {
    this.output = Output.of(work);
    this.partitions = Topics.partitionsOf(topic, work.partitions());
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest",
                "fetch.max.bytes",
                Integer.toString(64 << 20),
                "max.partition.fetch.bytes",
                Integer.toString(8 << 20),
                "max.poll.records",
                "20000"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Reads on, to the end of what is committed at the moment of the call. */
  void readToEnd() {
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Set<TopicPartition> open = new HashSet<>(partitions);
    while (true) {
      open.removeIf(
          partition -> consumer.position(partition) >= Objects.requireNonNull(ends.get(partition)));
      if (open.isEmpty()) {
        return;
      }
      read(POLL);
    }
  }

  /** Reads what is committed next, waiting so long for it, and checks it. */
  ConsumerRecords<byte[], byte[]> read(Duration wait) {
    ConsumerRecords<byte[], byte[]> records = consumer.poll(wait);
    records.forEach(
        record -> {
          output.add(record.key(), record.value());
          arrivals.add(record.timestamp());
        });
    return records;
  }

  Output output() {
    return output;
  }

  Arrivals arrivals() {
    return arrivals;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
