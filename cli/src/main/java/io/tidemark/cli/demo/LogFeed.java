package io.tidemark.cli.demo;

import io.tidemark.api.TidemarkException;
import io.tidemark.examples.traffic.AccessLogLine;
import io.tidemark.examples.traffic.TrafficOracle;
import io.tidemark.system.KeyHash;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes an access log into its topic, keyed by host, and has the oracle count the same lines by
 * the way. Confined to one thread.
 */
final class LogFeed {
  private static final int LINES_PER_REPORT = 10_000;

  private final String topic;
  private final int partitions;
  private final Map<String, Object> properties;

  LogFeed(String bootstrapServers, String topic, int partitions) {
    this.topic = topic;
    this.partitions = partitions;
    this.properties =
        Map.of(
            "bootstrap.servers", bootstrapServers,
            "acks", "all",
            "enable.idempotence", "true",
            "compression.type", "lz4",
            "linger.ms", "20",
            "batch.size", Integer.toString(256 << 10),
            "buffer.memory", Integer.toString(64 << 20));
  }

  /**
   * Writes all lines; they are acknowledged when this returns.
   *
   * @param progress is told from time to time how many lines were written
   * @return what knows the result that the job must have
   */
  TrafficOracle write(LogLines lines, LongConsumer progress) {
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    try (BackgroundCount count = new BackgroundCount();
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        byte[] key = AccessLogLine.keyOf(line).getBytes(StandardCharsets.UTF_8);
        int partition = KeyHash.partition(key, partitions);
        count.add(partition, line);
        producer.send(
            new ProducerRecord<>(topic, partition, key, line.getBytes(StandardCharsets.UTF_8)),
            (written, e) -> failure.compareAndSet(null, e));
        if (lines.count() % LINES_PER_REPORT == 0) {
          check(failure.get());
          progress.accept(lines.count());
        }
      }
      producer.flush();
      check(failure.get());
      return count.finish();
    }
  }

  private void check(@Nullable Exception failure) {
    if (failure != null) {
      throw new TidemarkException(
          "TM-5011", "the demo's broker refused a line for " + topic + ": " + failure, failure);
    }
  }
}
