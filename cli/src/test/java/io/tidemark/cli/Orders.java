package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.systems.kafka.broker.LocalKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The first job of the examples, on a real broker and with topics of its own: what it read, and
 * what it must have written - for each customer, each total in its order, once.
 */
final class Orders implements AutoCloseable {
  private static final int PARTITIONS = 4;
  private static final int CUSTOMERS = 300;

  private final Path folder;
  private final String bootstrapServers = LocalKafka.shared().bootstrapServers();
  private final String name = "orders-" + UUID.randomUUID();
  private final Random random;
  private final Map<String, List<String>> expected = new TreeMap<>();
  private final Map<String, List<String>> found = new TreeMap<>();
  private final Map<String, Long> totals = new HashMap<>();
  private final KafkaConsumer<String, String> consumer;
  private long written;
  private long read;

  /**
   * Creates the topics.
   *
   * @param folder for the job's properties and state
   */
  Orders(Path folder, long seed) throws Exception {
    this.folder = folder;
    this.random = new Random(seed);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(name, PARTITIONS, (short) 1),
                  new NewTopic(name + "-totals", PARTITIONS, (short) 1)))
          .all()
          .get();
      // Answered once every partition's leader is in office. A producer that comes earlier may have
      // its first batch refused and its second taken, and then waits for two minutes.
      Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
      partitions(name).forEach(partition -> ends.put(partition, OffsetSpec.latest()));
      partitions(name + "-totals").forEach(partition -> ends.put(partition, OffsetSpec.latest()));
      awaitLeaders(admin, ends);
    }
    this.consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
            new StringDeserializer(),
            new StringDeserializer());
    List<TopicPartition> partitions = partitions(name + "-totals");
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  private static void awaitLeaders(Admin admin, Map<TopicPartition, OffsetSpec> ends)
      throws InterruptedException, ExecutionException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try {
        admin.listOffsets(ends).all().get();
        return;
      } catch (ExecutionException e) { // the broker does not know the new topics yet
        boolean unknown = e.getCause() instanceof UnknownTopicOrPartitionException;
        if (!unknown || System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }

  private static List<TopicPartition> partitions(String topic) {
    return IntStream.range(0, PARTITIONS).mapToObj(i -> new TopicPartition(topic, i)).toList();
  }

  /** The job's properties. */
  Path properties() throws IOException {
    return Files.writeString(
        folder.resolve("job.properties"),
        """
        job.name=%s
        job.state.dir=%s
        task.class=io.tidemark.examples.firstjob.CustomerTotalsTask
        task.inputs=kafka.orders
        container.restart.backoff.ms=100
        systems.kafka.factory=kafka
        systems.kafka.bootstrap.servers=%s
        systems.kafka.key.serde=string
        systems.kafka.msg.serde=string
        streams.orders.physical.name=%1$s
        streams.customer-totals.physical.name=%1$s-totals
        stores.totals.key.serde=string
        stores.totals.msg.serde=long
        """
            .formatted(name, folder.resolve("state"), bootstrapServers));
  }

  /** Where the job's containers log. */
  Path logs() {
    return folder.resolve("state").resolve(name + "-1").resolve("logs");
  }

  /** Writes orders to the input; they are there when it returns. */
  void write(int count) throws Exception {
    List<Future<?>> sent = new ArrayList<>();
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "enable.idempotence", true),
            new StringSerializer(),
            new StringSerializer())) {
      for (int i = 0; i < count; i++) {
        String customer = "customer-" + random.nextInt(CUSTOMERS);
        long amount = random.nextInt(1000);
        sent.add(producer.send(new ProducerRecord<>(name, customer, Long.toString(amount))));
        long total = totals.merge(customer, amount, Long::sum);
        expected.computeIfAbsent(customer, key -> new ArrayList<>()).add(Long.toString(total));
      }
    }
    for (Future<?> each : sent) {
      each.get();
    }
    written += count;
  }

  /** Reads what is committed in the output now; tells how much that is in all. */
  long read() {
    consumer
        .poll(Duration.ofMillis(100))
        .forEach(
            total -> {
              found.computeIfAbsent(total.key(), key -> new ArrayList<>()).add(total.value());
              read++;
            });
    return read;
  }

  /** Waits until all that was written is answered, and compares. */
  void assertExact() {
    Await.until("all is answered", () -> read() >= written);
    assertThat(found).isEqualTo(expected);
    assertThat(read()).isEqualTo(written);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
