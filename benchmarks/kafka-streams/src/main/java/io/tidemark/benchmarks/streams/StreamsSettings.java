package io.tidemark.benchmarks.streams;

import static org.apache.kafka.streams.StreamsConfig.consumerPrefix;
import static org.apache.kafka.streams.StreamsConfig.mainConsumerPrefix;
import static org.apache.kafka.streams.StreamsConfig.producerPrefix;
import static org.apache.kafka.streams.StreamsConfig.restoreConsumerPrefix;

import io.tidemark.benchmarks.contender.Assignment;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** The settings of Kafka Streams for an assignment. TUNING.md says why those of the tuned one. */
final class StreamsSettings {
  private static final int MEGABYTE = 1 << 20;

  private StreamsSettings() {}

  static Properties of(Assignment assignment) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, assignment.application());
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, assignment.bootstrapServers());
    settings.put(StreamsConfig.STATE_DIR_CONFIG, directory(assignment).toString());
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, assignment.workers());
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, assignment.commitInterval().toMillis());
    settings.put(
        StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
        assignment.exactlyOnce() ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE);
    // The input is read from its beginning, whatever a consumer would do by itself.
    settings.put(consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    if (assignment.tuned()) {
      tuneMemory(settings, assignment.memory());
      tuneClients(settings);
      settings.put(
          mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG),
          Integer.toHexString(directory(assignment).toString().hashCode()));
    }
    return settings;
  }

  /** One for each process: two cannot share one. */
  private static Path directory(Assignment assignment) {
    return assignment.share().isWhole()
        ? assignment.directory()
        : assignment.directory().resolve("container-" + assignment.share().container());
  }

  private static void tuneMemory(Properties settings, long memory) {
    settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, SharedMemory.class);
    settings.put(SharedMemory.BYTES, memory);
  }

  private static void tuneClients(Properties settings) {
    settings.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 10_000);
    settings.put(mainConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 10_000);
    settings.put(mainConsumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), 4 * MEGABYTE);
    settings.put(restoreConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 20_000);
    settings.put(
        restoreConsumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), 16 * MEGABYTE);
    settings.put(consumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), 64 * MEGABYTE);
    settings.put(consumerPrefix(ConsumerConfig.RECEIVE_BUFFER_CONFIG), MEGABYTE);
    settings.put(producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), MEGABYTE / 4);
    settings.put(producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 64L * MEGABYTE);
    settings.put(producerPrefix(ProducerConfig.RETRY_BACKOFF_MS_CONFIG), 2);
  }
}
