package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueStore;
import io.tidemark.container.SteppedJob;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A counting job on a real broker with state in RocksDB: its input, its configuration, and what an
 * uninterrupted run gives.
 */
final class CountingJob {
  private final LocalKafka kafka;
  private final String name;
  private final int partitions;
  private final Path directory;
  private final Map<String, String> settings = new TreeMap<>();
  private final Map<String, Long> expected = new HashMap<>();

  CountingJob(LocalKafka kafka, String name, int partitions, Path directory)
      throws IOException, InterruptedException, ExecutionException {
    this.kafka = kafka;
    this.name = name;
    this.partitions = partitions;
    this.directory = directory;
    settings.put("job.name", name);
    settings.put("job.state.dir", directory.resolve("state").toString());
    settings.put("task.class", CountingTask.class.getName());
    settings.put("task.inputs", "kafka." + input());
    settings.put("app.output", output());
    settings.put("task.commit.ms", "50");
    settings.put("container.workers", "2");
    settings.put("container.restart.max", "0");
    settings.put("systems.kafka.factory", "kafka");
    settings.put("systems.kafka.bootstrap.servers", kafka.bootstrapServers());
    settings.put("systems.kafka.key.serde", "string");
    settings.put("systems.kafka.msg.serde", "string");
    settings.put("streams." + output() + ".msg.serde", "long");
    settings.put("stores.counts.factory", "rocksdb");
    settings.put("stores.counts.key.serde", "string");
    settings.put("stores.counts.msg.serde", "long");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic(input(), partitions, (short) 1))).all().get();
      Map<TopicPartition, OffsetSpec> all = new HashMap<>();
      IntStream.range(0, partitions)
          .forEach(p -> all.put(new TopicPartition(input(), p), OffsetSpec.latest()));
      admin.listOffsets(all).all().get(); // answered once every partition's leader is in office
    }
  }

  String input() {
    return name + "-in";
  }

  String output() {
    return name + "-out";
  }

  CountingJob with(String key, String value) {
    settings.put(key, value);
    return this;
  }

  /** Adds records of random keys to the input. */
  void send(int records, int keys, long seed) {
    Random random = new Random(seed);
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", kafka.bootstrapServers());
    properties.put("linger.ms", 20);
    properties.put("batch.size", 1 << 18);
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
      for (int i = 0; i < records; i++) {
        String key = "key-" + random.nextInt(keys);
        expected.merge(key, 1L, Long::sum);
        producer.send(new ProducerRecord<>(input(), key, "record " + i));
      }
    }
  }

  /** The configuration as a file. */
  Path properties() throws IOException {
    return properties(Map.of());
  }

  Path properties(Map<String, String> changes) throws IOException {
    Properties properties = new Properties();
    properties.putAll(settings);
    properties.putAll(changes);
    Path file = Files.createTempFile(directory, "job", ".properties");
    try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      properties.store(writer, null);
    }
    return file;
  }

  Config config() {
    return Config.of(settings);
  }

  Path stateDirectory() {
    return directory.resolve("state").resolve(name + "-1");
  }

  /** Each key's outputs must be 1, 2, 3 ... up to its count, once each and in this order. */
  void assertOutputsExact() {
    Map<String, Long> last = new HashMap<>();
    List<String> wrong = new ArrayList<>();
    for (ConsumerRecord<String, Long> record : outputs()) {
      long before = last.getOrDefault(record.key(), 0L);
      if (record.value() != before + 1) {
        wrong.add(record.key() + ": " + record.value() + " after " + before);
      }
      last.put(record.key(), record.value());
    }
    assertThat(wrong).as("outputs that do not follow their former").isEmpty();
    assertThat(last).isEqualTo(expected);
  }

  /** The store's entries, read by starting the job again where its state is. */
  void assertStateExact(Path stateDirectory) {
    Config config =
        config()
            .with(Map.of("job.state.dir", stateDirectory.toString(), "task.commit.ms", "60000"));
    Map<String, Long> found = new HashMap<>();
    SteppedJob job = SteppedJob.start(config, CountingTask::new, Map.of(), () -> 0);
    try {
      for (int partition = 0; partition < partitions; partition++) {
        KeyValueStore<String, Long> store = job.store(partition, "counts");
        try (KeyValueIterator<String, Long> all = store.all()) {
          all.forEachRemaining(entry -> found.put(entry.key(), entry.value()));
        }
      }
    } finally {
      job.kill();
    }
    assertThat(found).isEqualTo(expected);
  }

  void assertStateExact() {
    assertStateExact(directory.resolve("state"));
  }

  /** Everything committed to the output, partition by partition. */
  private List<ConsumerRecord<String, Long>> outputs() {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", kafka.bootstrapServers());
    properties.put("isolation.level", "read_committed");
    properties.put("auto.offset.reset", "earliest");
    List<ConsumerRecord<String, Long>> records = new ArrayList<>();
    try (KafkaConsumer<String, Long> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new LongDeserializer())) {
      List<TopicPartition> all =
          IntStream.range(0, partitions).mapToObj(p -> new TopicPartition(output(), p)).toList();
      consumer.assign(all);
      Map<TopicPartition, Long> ends = consumer.endOffsets(all);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    return records;
  }

  long committedOutputs() {
    return outputs().size();
  }
}
