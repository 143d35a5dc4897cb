package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.ReadOnlyKeyValueStore;
import io.tidemark.container.SteppedJob;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * A job on a real broker that looks up what a compacted topic has put into a RocksDB store: its
 * topics, its configuration, and what the store must hold.
 */
final class LookupJob {
  static final int PARTITIONS = 4;

  private final LocalKafka kafka;
  private final String name;
  private final Path directory;
  private final String mode;
  private final Map<String, String> settings = new TreeMap<>();
  private final Map<String, String> table = new TreeMap<>();
  private final List<String> asked = new ArrayList<>();

  LookupJob(LocalKafka kafka, String name, String mode, Path directory) throws Exception {
    this.kafka = kafka;
    this.name = name + "-" + mode;
    this.mode = mode;
    this.directory = directory;
    settings.put("job.name", this.name);
    settings.put("job.state.dir", directory.resolve("state").toString());
    settings.put("task.class", LookupTask.class.getName());
    settings.put("task.inputs", "kafka." + input());
    settings.put("app.output", output());
    settings.put("task.commit.ms", "20");
    settings.put("container.workers", "2");
    settings.put("container.restart.max", "0");
    settings.put("systems.kafka.factory", "kafka");
    settings.put("systems.kafka.bootstrap.servers", kafka.bootstrapServers());
    settings.put("systems.kafka.key.serde", "string");
    settings.put("systems.kafka.msg.serde", "string");
    settings.put("stores.table.factory", "rocksdb");
    settings.put("stores.table.key.serde", "string");
    settings.put("stores.table.msg.serde", "string");
    settings.put("stores.table.source", "kafka." + source());
    settings.put("stores.table.source.mode", mode);
    create(input(), Map.of());
    create(source(), Map.of("cleanup.policy", "compact,delete"));
  }

  String input() {
    return name + "-in";
  }

  String output() {
    return name + "-out";
  }

  String source() {
    return name + "-changes";
  }

  LookupJob with(String key, String value) {
    settings.put(key, value);
    return this;
  }

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }

  /** Returns when every partition's leader is in office, which is when it tells its offsets. */
  void create(String topic, Map<String, String> topicSettings) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    try (Admin admin = admin()) {
      while (true) {
        try {
          NewTopic wanted = new NewTopic(topic, PARTITIONS, (short) 1).configs(topicSettings);
          admin.createTopics(List.of(wanted)).all().get();
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof TopicExistsException)) {
            throw e;
          }
        }
        try {
          ends(admin, topic);
          return;
        } catch (ExecutionException e) {
          boolean unknown = e.getCause() instanceof UnknownTopicOrPartitionException;
          if (!unknown || System.nanoTime() > deadline) {
            throw e; // else the broker has not heard of its new topic yet
          }
        }
      }
    }
  }

  private static Map<TopicPartition, Long> ends(Admin admin, String topic) throws Exception {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      wanted.put(new TopicPartition(topic, partition), OffsetSpec.latest());
    }
    Map<TopicPartition, Long> ends = new HashMap<>();
    admin.listOffsets(wanted).all().get().forEach((p, end) -> ends.put(p, end.offset()));
    return ends;
  }

  /** Sends changes of random keys; one in ten is a removal. */
  void change(int changes, int keys, long seed) {
    Random random = new Random(seed);
    Map<String, @Nullable String> last = new HashMap<>();
    try (KafkaProducer<String, String> producer = producer()) {
      for (int i = 0; i < changes; i++) {
        String key = "key-" + random.nextInt(keys);
        String value = random.nextInt(10) == 0 ? null : "value " + seed + " " + i;
        producer.send(new ProducerRecord<>(source(), key, value));
        last.put(key, value);
      }
    }
    last.forEach(
        (key, value) -> {
          if (value == null) {
            table.remove(key);
          } else {
            table.put(key, value);
          }
        });
  }

  /** Asks for so many keys. */
  void ask(int records, int keys, long seed) {
    Random random = new Random(seed);
    try (KafkaProducer<String, String> producer = producer()) {
      for (int i = 0; i < records; i++) {
        String key = "key-" + random.nextInt(keys);
        producer.send(new ProducerRecord<>(input(), key, "?"));
        asked.add(key);
      }
    }
  }

  /** Throws away what the source holds. */
  void trim() throws Exception {
    try (Admin admin = admin()) {
      Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
      ends(admin, source()).forEach((p, end) -> all.put(p, RecordsToDelete.beforeOffset(end)));
      admin.deleteRecords(all).all().get();
    }
    table.clear();
  }

  /** Has the source compacted; returns when most of its records are gone. */
  void compact() throws Exception {
    Map<String, String> eager =
        Map.of(
            "segment.ms", "100",
            "min.cleanable.dirty.ratio", "0.01",
            "max.compaction.lag.ms", "100",
            "cleanup.policy", "compact");
    List<AlterConfigOp> changes = new ArrayList<>();
    eager.forEach(
        (key, value) ->
            changes.add(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET)));
    try (Admin admin = admin()) {
      ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, source());
      admin.incrementalAlterConfigs(Map.of(topic, changes)).all().get();
      long written = ends(admin, source()).values().stream().mapToLong(Long::longValue).sum();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
      int seed = 1_000;
      while (recordsOfSource() > written / 2) {
        assertThat(System.nanoTime()).as("the topic is compacted in time").isLessThan(deadline);
        change(50, 300, seed++); // what comes later closes the segment
      }
    }
  }

  private long recordsOfSource() {
    long[] count = {0};
    try (CommittedRecords<String> source =
        new CommittedRecords<>(kafka, source(), PARTITIONS, new StringDeserializer())) {
      source.readToEnd(record -> count[0]++);
    }
    return count[0];
  }

  /** Makes the source anew. */
  void recreate() throws Exception {
    try (Admin admin = admin()) {
      admin.deleteTopics(List.of(source())).all().get();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (admin.listTopics().names().get().contains(source())) {
        assertThat(System.nanoTime()).as("the topic goes in time").isLessThan(deadline);
      }
    }
    create(source(), Map.of("cleanup.policy", "compact,delete"));
    table.clear();
  }

  private KafkaProducer<String, String> producer() {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", kafka.bootstrapServers());
    properties.put("linger.ms", 20);
    properties.put("batch.size", 1 << 16);
    return new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
  }

  /** The configuration as a file. */
  Path properties() throws IOException {
    Properties properties = new Properties();
    properties.putAll(settings);
    Path file = Files.createTempFile(directory, "job", ".properties");
    try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      properties.store(writer, null);
    }
    return file;
  }

  /** What was committed to the output. */
  CommittedRecords<String> outputs() {
    return new CommittedRecords<>(kafka, output(), PARTITIONS, new StringDeserializer());
  }

  /** Each record that asked has one answer, which is what the table holds now. */
  void assertAnswersExact() {
    List<String> answers = new ArrayList<>();
    try (CommittedRecords<String> outputs = outputs()) {
      outputs.readToEnd(record -> answers.add(record.key() + "=" + record.value()));
    }
    List<String> expected =
        asked.stream().map(key -> key + "=" + table.getOrDefault(key, LookupTask.NONE)).toList();
    assertThat(answers).containsExactlyInAnyOrderElementsOf(expected);
  }

  /** The store as a restart finds it, in each task or in all together. */
  void assertTableExact() {
    assertTableExact(directory.resolve("state"));
    if (mode.equals("partition")) {
      assertTableExact(directory.resolve("another-machine"));
    }
  }

  private void assertTableExact(Path stateDirectory) {
    Config config =
        Config.of(settings)
            .with(Map.of("job.state.dir", stateDirectory.toString(), "task.commit.ms", "60000"));
    Map<String, String> all = new TreeMap<>();
    SteppedJob job = SteppedJob.start(config, LookupTask::new, Map.of(), () -> 0);
    try {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        Map<String, String> own = new TreeMap<>();
        ReadOnlyKeyValueStore<String, String> store = job.store(partition, "table");
        try (KeyValueIterator<String, String> entries = store.all()) {
          entries.forEachRemaining(entry -> own.put(entry.key(), entry.value()));
        }
        if (mode.equals("broadcast")) {
          assertThat(own).isEqualTo(table);
        }
        all.putAll(own);
      }
    } finally {
      job.kill();
    }
    assertThat(all).isEqualTo(table);
  }
}
