package io.tidemark.benchmarks.raw;

import io.tidemark.benchmarks.contender.Assignment;
import io.tidemark.benchmarks.contender.Message;
import io.tidemark.benchmarks.contender.Workload;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** One thread's share of {@link RawContender}. */
final class RawLoop implements Runnable {
  private static final Duration POLL = Duration.ofMillis(20);

  private final Assignment assignment;
  private final String name;
  private final List<TopicPartition> partitions;
  private final LongCounts counts = new LongCounts();

  RawLoop(Assignment assignment, int worker, List<TopicPartition> partitions) {
    this.assignment = assignment;
    this.name = assignment.application() + "-" + worker;
    this.partitions = partitions;
  }

  @Override
  public void run() {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer();
        KafkaProducer<byte[], byte[]> producer = producer()) {
      if (assignment.exactlyOnce()) {
        producer.initTransactions();
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      loop(consumer, producer);
    }
  }

  private void loop(
      KafkaConsumer<byte[], byte[]> consumer, KafkaProducer<byte[], byte[]> producer) {
    Map<TopicPartition, OffsetAndMetadata> reached = new HashMap<>();
    long interval = assignment.commitInterval().toNanos();
    long committed = System.nanoTime();
    while (true) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      if (assignment.exactlyOnce() && reached.isEmpty() && !records.isEmpty()) {
        producer.beginTransaction();
      }
      for (ConsumerRecord<byte[], byte[]> record : records) {
        producer.send(new ProducerRecord<>(assignment.output(), record.key(), transform(record)));
      }
      reached.putAll(records.nextOffsets());
      if (System.nanoTime() - committed >= interval && !reached.isEmpty()) {
        commit(consumer, producer, reached);
        reached.clear();
        committed = System.nanoTime();
      }
    }
  }

  private void commit(
      KafkaConsumer<byte[], byte[]> consumer,
      KafkaProducer<byte[], byte[]> producer,
      Map<TopicPartition, OffsetAndMetadata> reached) {
    if (assignment.exactlyOnce()) {
      producer.sendOffsetsToTransaction(reached, new ConsumerGroupMetadata(name));
      producer.commitTransaction();
    } else {
      producer.flush();
      consumer.commitSync(reached);
    }
  }

  private byte[] transform(ConsumerRecord<byte[], byte[]> record) {
    return switch (assignment.workload()) {
      case COPY -> record.value();
      case LATEST -> bytes(Message.number(record.value()));
      case COUNT, READ_MODIFY_WRITE, MANY_STORES ->
          bytes(counts.add(ByteBuffer.wrap(record.key()).getLong()));
      case ENRICH -> throw new IllegalArgumentException(Workload.ENRICH + " takes a store");
    };
  }

  private static byte[] bytes(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            assignment.bootstrapServers(),
            "group.id",
            name,
            "enable.auto.commit",
            "false",
            "isolation.level",
            "read_committed",
            "fetch.max.bytes",
            Integer.toString(32 << 20),
            "max.partition.fetch.bytes",
            Integer.toString(1 << 20),
            "max.poll.records",
            "4000",
            "receive.buffer.bytes",
            Integer.toString(1 << 20)),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private KafkaProducer<byte[], byte[]> producer() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", assignment.bootstrapServers());
    settings.put("linger.ms", assignment.exactlyOnce() ? "100" : "5"); // a commit flushes
    settings.put("batch.size", Integer.toString(256 << 10));
    settings.put("buffer.memory", Integer.toString(64 << 20));
    settings.put("compression.type", "lz4");
    settings.put("max.request.size", Integer.toString(4 << 20));
    settings.put("retry.backoff.ms", "2");
    if (assignment.exactlyOnce()) {
      settings.put("transactional.id", name);
    }
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
