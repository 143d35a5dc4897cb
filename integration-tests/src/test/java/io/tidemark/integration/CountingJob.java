package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueStore;
import io.tidemark.container.Job;
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
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.LongDeserializer;
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
    createInput();
  }

  private void createInput() throws InterruptedException, ExecutionException {
    try (Admin admin = admin()) {
      admin.createTopics(List.of(new NewTopic(input(), partitions, (short) 1))).all().get();
      awaitLeaders(admin, partitions);
    }
  }

  /** Gives the input more partitions. */
  void addPartitions(int count) throws InterruptedException, ExecutionException {
    try (Admin admin = admin()) {
      admin.createPartitions(Map.of(input(), NewPartitions.increaseTo(count))).all().get();
      awaitLeaders(admin, count);
    }
  }

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }

  /** Returns when every partition's leader is in office, which is when it tells its offsets. */
  private void awaitLeaders(Admin admin, int count)
      throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetSpec> all = new HashMap<>();
    IntStream.range(0, count)
        .forEach(p -> all.put(new TopicPartition(input(), p), OffsetSpec.latest()));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try {
        admin.listOffsets(all).all().get();
        return;
      } catch (ExecutionException e) {
        boolean unknown = e.getCause() instanceof UnknownTopicOrPartitionException;
        if (!unknown || System.nanoTime() > deadline) {
          throw e; // else the broker has not heard of its new topic yet
        }
      }
    }
  }

  String input() {
    return name + "-in";
  }

  String output() {
    return name + "-out";
  }

  String journal() {
    return name + "-1-journal";
  }

  CountingJob with(String key, String value) {
    settings.put(key, value);
    return this;
  }

  /** Puts a stage before the counting one, from which it reads by way of an intermediate stream. */
  CountingJob inTwoStages(int partitionsBetween) {
    String between = name + "-relayed";
    settings.remove("task.class");
    settings.remove("task.inputs");
    settings.put("app.relayed", between);
    settings.put("job.stages", "relay,count");
    settings.put("stages.relay.class", RelayTask.class.getName());
    settings.put("stages.relay.inputs", "kafka." + input());
    settings.put("stages.count.class", CountingTask.class.getName());
    settings.put("stages.count.inputs", "kafka." + between);
    settings.put("stages.count.stores", "counts");
    settings.put("streams." + between + ".intermediate", "true");
    settings.put("streams." + between + ".partitions", Integer.toString(partitionsBetween));
    return this;
  }

  /** Adds records of random keys to the input. */
  void send(int records, int keys, long seed) {
    sendWithBad(records, keys, seed, Integer.MAX_VALUE);
  }

  /**
   * The same, but one in so many has a message of its own that cannot be processed.
   *
   * @return how many are so
   */
  int sendWithBad(int records, int keys, long seed, int oneIn) {
    Random random = new Random(seed);
    int bad = 0;
    try (KafkaProducer<String, String> producer = producer()) {
      for (int i = 1; i <= records; i++) {
        String key = "key-" + random.nextInt(keys);
        boolean isBad = i % oneIn == 0;
        if (isBad) {
          bad++;
        } else {
          expected.merge(key, 1L, Long::sum);
        }
        String message = (isBad ? CountingTask.BAD : "") + "record " + i;
        producer.send(new ProducerRecord<>(input(), key, message));
      }
    }
    return bad;
  }

  /**
   * Adds records of random keys in a transaction, and others in one that is aborted: each partition
   * then ends with marks of transactions.
   */
  void sendInTransactions(int records, int keys, long seed) {
    Random random = new Random(seed);
    try (KafkaProducer<String, String> producer =
        producer(Map.of("transactional.id", name + "-writer"))) {
      producer.initTransactions();
      for (boolean commits : new boolean[] {true, false}) {
        producer.beginTransaction();
        for (int i = 1; i <= records; i++) {
          String key = "key-" + random.nextInt(keys);
          if (commits) {
            expected.merge(key, 1L, Long::sum);
          }
          producer.send(new ProducerRecord<>(input(), key, "record " + i));
        }
        if (commits) {
          producer.commitTransaction();
        } else {
          producer.abortTransaction();
        }
      }
    }
  }

  /** Adds a record of each key that was sent so far, whose counts tell what the state was. */
  void sendOfEach() {
    try (KafkaProducer<String, String> producer = producer()) {
      for (String key : expected.keySet()) {
        expected.merge(key, 1L, Long::sum);
        producer.send(new ProducerRecord<>(input(), key, "one more"));
      }
    }
  }

  /** Adds a record that is not for counting. */
  void send(String key, String message) {
    send(Map.of(key, message));
  }

  void send(Map<String, String> messages) {
    try (KafkaProducer<String, String> producer = producer()) {
      messages.forEach(
          (key, message) -> producer.send(new ProducerRecord<>(input(), key, message)));
    }
  }

  private KafkaProducer<String, String> producer() {
    return producer(Map.of());
  }

  private KafkaProducer<String, String> producer(Map<String, Object> more) {
    Map<String, Object> properties = new HashMap<>(more);
    properties.put("bootstrap.servers", kafka.bootstrapServers());
    properties.put("linger.ms", 20);
    properties.put("batch.size", 1 << 18);
    return new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
  }

  /** What an uninterrupted run counts. */
  Map<String, Long> expected() {
    return expected;
  }

  /** How many records were sent that count. */
  long sent() {
    return expected.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Runs the job in this process until everything sent is processed. */
  void runToEnd() {
    runToEnd(Map.of());
  }

  void runToEnd(Map<String, String> changes) {
    try (Job job = Job.of(config().with(changes)).untilEnd(true).start()) {
      assertThat(job.awaitEnd(Duration.ofSeconds(180))).as("it ends").isTrue();
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

  LocalState localState() {
    return new LocalState(directory.resolve("state"), name + "-1", partitions);
  }

  /** Each key's outputs must be 1, 2, 3 ... up to its count, once each and in this order. */
  void assertOutputsExact() {
    assertThat(lastOutputs()).isEqualTo(expected);
  }

  /** The last output of each key; those of a key must be 1, 2, 3 ..., once each. */
  Map<String, Long> lastOutputs() {
    Map<String, Long> last = new HashMap<>();
    List<String> wrong = new ArrayList<>();
    try (CommittedRecords<Long> outputs = outputs()) {
      outputs.readToEnd(
          record -> {
            long before = last.getOrDefault(record.key(), 0L);
            if (record.value() != before + 1) {
              wrong.add(record.key() + ": " + record.value() + " after " + before);
            }
            last.put(record.key(), record.value());
          });
    }
    assertThat(wrong).as("outputs that do not follow their former").isEmpty();
    return last;
  }

  /** Outputs, local state, and state as the journal alone gives it. */
  void assertExact() {
    assertOutputsExact();
    assertStateExact();
    assertStateExact(directory.resolve("another-machine"));
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

  /** The outputs of a job that went back once, from {@code now} to {@code then} and on again. */
  void assertOutputsRepeatFrom(Map<String, Long> then, Map<String, Long> now) {
    Map<String, Long> last = new HashMap<>();
    Map<String, Integer> returns = new HashMap<>();
    List<String> wrong = new ArrayList<>();
    try (CommittedRecords<Long> outputs = outputs()) {
      outputs.readToEnd(
          record -> {
            long before = last.getOrDefault(record.key(), 0L);
            boolean isReturn =
                record.value() != before + 1
                    && record.value() == then.getOrDefault(record.key(), 0L) + 1
                    && returns.merge(record.key(), 1, Integer::sum) == 1;
            if (record.value() != before + 1 && !isReturn) {
              wrong.add(record.key() + ": " + record.value() + " after " + before);
            }
            last.put(record.key(), record.value());
          });
    }
    assertThat(wrong).as("outputs that do not follow their former").isEmpty();
    assertThat(last).isEqualTo(now);
  }

  /** How many outputs are committed. */
  long outputsCount() {
    long[] count = {0};
    try (CommittedRecords<Long> outputs = outputs()) {
      outputs.readToEnd(record -> count[0]++);
    }
    return count[0];
  }

  /** Where each partition of a topic begins now. */
  Map<Integer, Long> beginnings(String topic) {
    Map<TopicPartition, OffsetSpec> all = new HashMap<>();
    IntStream.range(0, partitions)
        .forEach(p -> all.put(new TopicPartition(topic, p), OffsetSpec.earliest()));
    Map<Integer, Long> beginnings = new TreeMap<>();
    try (Admin admin = admin()) {
      admin
          .listOffsets(all)
          .all()
          .get()
          .forEach((partition, found) -> beginnings.put(partition.partition(), found.offset()));
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError("the beginnings of " + topic + " cannot be read", e);
    }
    return beginnings;
  }

  /** The records of the journal. */
  <V> CommittedRecords<V> journalRecords(Deserializer<V> values) {
    return new CommittedRecords<>(kafka, journal(), partitions, values);
  }

  /** What is committed to the output. */
  CommittedRecords<Long> outputs() {
    return new CommittedRecords<>(kafka, output(), partitions, new LongDeserializer());
  }
}
