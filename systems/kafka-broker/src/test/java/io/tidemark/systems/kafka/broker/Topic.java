package io.tidemark.systems.kafka.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A topic of a broker under test, written and read with Kafka's own clients. */
record Topic(LocalKafka kafka, String name) {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  static Topic create(LocalKafka kafka, String name, int partitions) {
    return create(kafka, new NewTopic(name, partitions, (short) 1));
  }

  static Topic createWithBrokerDefaults(LocalKafka kafka, String name) {
    return create(kafka, new NewTopic(name, Optional.empty(), Optional.empty()));
  }

  private static Topic create(LocalKafka kafka, NewTopic topic) {
    try (Admin admin = admin(kafka)) {
      admin.createTopics(List.of(topic)).all().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      return new Topic(kafka, topic.name());
    } catch (ExecutionException | TimeoutException | InterruptedException e) {
      throw new AssertionError("Cannot create " + topic, e);
    }
  }

  int partitions(Duration limit) throws ExecutionException, InterruptedException {
    DescribeTopicsOptions options =
        new DescribeTopicsOptions().timeoutMs(Math.toIntExact(limit.toMillis()));
    try (Admin admin = admin(kafka)) {
      return admin
          .describeTopics(List.of(name), options)
          .allTopicNames()
          .get()
          .get(name)
          .partitions()
          .size();
    }
  }

  void sendInTransaction(String transactionalId, List<String> values) {
    try (KafkaProducer<String, String> producer = producer(transactionalId)) {
      send(values, producer);
      producer.commitTransaction();
    }
  }

  void sendInAbortedTransaction(String transactionalId, List<String> values) {
    try (KafkaProducer<String, String> producer = producer(transactionalId)) {
      send(values, producer);
      producer.flush();
      producer.abortTransaction();
    }
  }

  private void send(List<String> values, KafkaProducer<String, String> producer) {
    producer.initTransactions();
    producer.beginTransaction();
    values.forEach(value -> producer.send(new ProducerRecord<>(name, value)));
  }

  /**
   * Reads from the start up to the current end, and at least until {@code atLeast} records were
   * found.
   */
  List<String> readCommitted(int atLeast) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(name).stream()
              .map(found -> new TopicPartition(name, found.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      return poll(consumer, atLeast);
    }
  }

  private static List<String> poll(KafkaConsumer<String, String> consumer, int atLeast) {
    List<String> values = new ArrayList<>();
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (values.size() < atLeast || !atEnd(consumer)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "Only " + values.size() + " of " + atLeast + " records within " + LIMIT);
      }
      consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
    }
    return values;
  }

  private static boolean atEnd(KafkaConsumer<String, String> consumer) {
    return consumer.endOffsets(consumer.assignment()).entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  private KafkaProducer<String, String> producer(String transactionalId) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            kafka.bootstrapServers(),
            "transactional.id",
            name + "-" + transactionalId);
    return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }

  private static Admin admin(LocalKafka kafka) {
    return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }
}
