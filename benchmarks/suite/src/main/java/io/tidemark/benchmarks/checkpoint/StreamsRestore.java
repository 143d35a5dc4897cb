package io.tidemark.benchmarks.checkpoint;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.Stores;

/**
 * A store of Kafka Streams that is restored from its changelog onto an empty disk. The changelog
 * has each entry once and nothing else, which is the best that compaction can do.
 *
 * <p>Restored is the time from the first to the last record of the changelog, opened that from the
 * start of the application until it runs. Tuned, its restoring consumer fetches and polls more at a
 * time.
 */
final class StreamsRestore {
  private static final String APPLICATION = "streams-restore";
  private static final String STORE = "store";
  private static final long MINUTES = 30;

  private final String servers;

  StreamsRestore(String servers) {
    this.servers = servers;
  }

  /** Writes the changelog. */
  void fill(int entries) throws ExecutionException, InterruptedException {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", servers);
    properties.put("linger.ms", 20);
    properties.put("batch.size", 1 << 19);
    String changelog = APPLICATION + "-" + STORE + "-changelog";
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic("in", 1, (short) 1),
                  new NewTopic(changelog, 1, (short) 1)
                      .configs(Map.of("cleanup.policy", "compact"))))
          .all()
          .get();
    }
    SplittableRandom random = new SplittableRandom(7);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < entries; i++) {
        byte[] value = new byte[FilledTask.VALUE_BYTES];
        random.nextBytes(value);
        producer.send(new ProducerRecord<>(changelog, FilledTask.key(i, entries), value));
      }
    }
  }

  /** Restores it once; returns a line of the table. */
  String restore(Path directory, int entries, boolean tuned) throws Exception {
    Times times = new Times();
    long begun = System.nanoTime();
    CountDownLatch runs = new CountDownLatch(1);
    try (KafkaStreams streams = new KafkaStreams(topology(), settings(directory, tuned))) {
      streams.setGlobalStateRestoreListener(times);
      streams.setStateListener(
          (now, before) -> {
            if (now == KafkaStreams.State.RUNNING || now == KafkaStreams.State.ERROR) {
              runs.countDown();
            }
          });
      streams.start();
      if (!runs.await(MINUTES, TimeUnit.MINUTES) || times.records.get() != entries) {
        throw new IllegalStateException("restored " + times.records + " of " + entries);
      }
      long opened = Measured.millisSince(begun);
      streams.close(Duration.ofMinutes(1));
      return String.format(
          "| Kafka Streams, %s | | %d | %d | | |",
          tuned ? "tuned" : "default", times.millis.get(), opened);
    } finally {
      Measured.delete(directory);
    }
  }

  private Properties settings(Path directory, boolean tuned) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, directory.toString());
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    // Whoever was there in the last round is not waited for.
    settings.put(StreamsConfig.consumerPrefix("session.timeout.ms"), 6000);
    if (tuned) {
      settings.put(StreamsConfig.restoreConsumerPrefix("max.poll.records"), 20_000);
      settings.put(StreamsConfig.restoreConsumerPrefix("fetch.max.bytes"), 64 << 20);
      settings.put(StreamsConfig.restoreConsumerPrefix("max.partition.fetch.bytes"), 16 << 20);
      settings.put(StreamsConfig.restoreConsumerPrefix("receive.buffer.bytes"), 1 << 20);
    }
    return settings;
  }

  private static Topology topology() {
    Topology topology = new Topology();
    topology.addSource(
        "in", Serdes.ByteArray().deserializer(), Serdes.ByteArray().deserializer(), "in");
    topology.addProcessor("keep", Ignoring::new, "in");
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(STORE), Serdes.ByteArray(), Serdes.ByteArray()),
        "keep");
    return topology;
  }

  /** What the store belongs to; there is no input. */
  private static final class Ignoring implements Processor<byte[], byte[], Void, Void> {
    @Override
    public void process(Record<byte[], byte[]> record) {
      throw new IllegalStateException("there is no input");
    }
  }

  /** How long it took, and of how many records. */
  private static final class Times implements StateRestoreListener {
    final AtomicLong millis = new AtomicLong();
    final AtomicLong records = new AtomicLong();
    private volatile long begun;

    @Override
    public void onRestoreStart(TopicPartition changelog, String store, long start, long end) {
      begun = System.nanoTime();
    }

    @Override
    public void onBatchRestored(TopicPartition changelog, String store, long end, long count) {}

    @Override
    public void onRestoreEnd(TopicPartition changelog, String store, long total) {
      records.set(total);
      millis.set(Measured.millisSince(begun));
    }
  }
}
