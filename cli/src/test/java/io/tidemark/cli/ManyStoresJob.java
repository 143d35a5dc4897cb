package io.tidemark.cli;

import io.tidemark.api.Config;
import io.tidemark.container.Job;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A job of {@link ManyStoresTask} on a real broker, run bit by bit, and an oracle that knows what
 * its stores must hold. Each run of a task is one generation and makes one commit.
 */
final class ManyStoresJob {
  static final int PARTITIONS = 3;
  private static final int CUSTOMERS = 60;

  private final String bootstrapServers = LocalKafka.shared().bootstrapServers();
  private final String name = "stores-" + UUID.randomUUID();
  private final Path folder;
  private final Path properties;
  private final Random random;

  /** What a customer's total was after each run that changed it; 0 if it was removed. */
  final Map<String, List<Long>> history = new TreeMap<>();

  final Map<String, Long> totals = new TreeMap<>();
  final Map<String, Long> lastAmounts = new TreeMap<>();
  final Map<String, Map<Long, Long>> digits = new TreeMap<>();

  ManyStoresJob(Path folder, long seed) throws Exception {
    this.folder = folder;
    this.random = new Random(seed);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin.createTopics(List.of(new NewTopic(name, PARTITIONS, (short) 1))).all().get();
      Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
      IntStream.range(0, PARTITIONS)
          .forEach(i -> ends.put(new TopicPartition(name, i), OffsetSpec.latest()));
      admin.listOffsets(ends).all().get(); // answered once the leaders are in office
    }
    this.properties = writeProperties();
  }

  private Path writeProperties() throws IOException {
    return Files.writeString(
        folder.resolve("job.properties"),
        """
        job.name=%s
        job.state.dir=%s
        task.class=io.tidemark.cli.ManyStoresTask
        task.inputs=kafka.orders
        task.commit.ms=3600000
        systems.kafka.factory=kafka
        systems.kafka.bootstrap.servers=%s
        systems.kafka.key.serde=string
        systems.kafka.msg.serde=string
        streams.orders.physical.name=%1$s
        serializers.registry.digit.class=tuple
        serializers.registry.digit.parts=string,ordered-long
        stores.totals.key.serde=string
        stores.totals.msg.serde=long
        stores.numbers.key.serde=ordered-long
        stores.numbers.msg.serde=string
        stores.numbers.scope=task
        stores.ids.key.serde=uuid
        stores.ids.msg.serde=double
        stores.digits.key.serde=digit
        stores.digits.msg.serde=long
        stores.digits.partitioning.key=io.tidemark.api.FirstOfTuple
        stores.documents.key.serde=json
        stores.documents.msg.serde=json
        stores.short.key.serde=string
        stores.short.msg.serde=long
        stores.short.ttl.ms=3600000
        stores.gone.key.serde=string
        stores.gone.msg.serde=long
        stores.gone.ttl.ms=1
        """
            .formatted(name, folder.resolve("state"), bootstrapServers));
  }

  Path properties() {
    return properties;
  }

  String job() {
    return name + "-1";
  }

  Path state() {
    return folder.resolve("state");
  }

  /** The job itself, to be started. */
  Job.Builder builder() {
    return Job.of(Config.load(properties));
  }

  /** Writes orders and processes them, in one commit of each task. */
  void run(int orders) throws Exception {
    List<Future<?>> sent = new ArrayList<>();
    Map<String, Long> before = new TreeMap<>(totals);
    Map<String, Boolean> touched = new TreeMap<>();
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "enable.idempotence", true),
            new StringSerializer(),
            new StringSerializer())) {
      for (int i = 0; i < orders; i++) {
        String customer = "customer-" + random.nextInt(CUSTOMERS);
        long amount = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(100);
        sent.add(producer.send(new ProducerRecord<>(name, customer, Long.toString(amount))));
        expect(customer, amount);
        touched.put(customer, before.containsKey(customer));
      }
    }
    for (Future<?> each : sent) {
      each.get();
    }
    touched.forEach(
        (customer, existed) ->
            history
                .computeIfAbsent(customer, added -> new ArrayList<>())
                .add(totals.getOrDefault(customer, 0L)));
    try (Job job = builder().untilEnd(true).start()) {
      job.awaitEnd();
    }
  }

  private void expect(String customer, long amount) {
    if (amount == 0) {
      totals.remove(customer);
      return;
    }
    totals.merge(customer, amount, Long::sum);
    lastAmounts.put(customer, amount);
    digits.computeIfAbsent(customer, added -> new TreeMap<>()).put(amount % 10, amount);
  }

  /** Copies the local state as it is now to another {@code job.state.dir}. */
  Path copyState(String to) {
    Path target = folder.resolve(to);
    try (Stream<Path> found = Files.walk(state())) {
      for (Path from : found.toList()) {
        Path path = target.resolve(state().relativize(from).toString());
        if (Files.isDirectory(from)) {
          Files.createDirectories(path);
        } else {
          Files.copy(from, path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return target;
  }
}
