package io.tidemark.benchmarks.bench;

import io.tidemark.benchmarks.contender.Message;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends records at a steady pace, on a thread of its own, and takes the counts that come back, on
 * the thread that calls.
 */
final class PacedRecords implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final long PATIENCE_S = 60;

  private final Latency latency;
  private final String input;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<byte[], byte[]> producer;
  private final LatencyTimes times;
  private volatile boolean closed;

  PacedRecords(Field field, Latency latency, String input, String output) {
    this.latency = latency;
    this.input = input;
    this.times = new LatencyTimes(latency.end());
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                field.bootstrapServers(),
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    consumer.assign(Topics.partitionsOf(output, latency.partitions()));
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", field.bootstrapServers(), "linger.ms", "0"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Returns when each record has its count. */
  LatencyTimes run(ContenderProcess process) {
    awaitFirst(process);
    long start = System.nanoTime();
    Thread sender = new Thread(() -> send(start), "paced-records");
    sender.start();
    long deadline =
        start
            + latency.warmUp().plus(latency.measured()).toNanos()
            + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    while (!times.isComplete()) {
      process.assertItRuns();
      if (System.nanoTime() > deadline) {
        throw new InexactException(
            "of " + latency.end() + " records only " + times.found() + " came back");
      }
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      long now = System.nanoTime();
      for (ConsumerRecord<byte[], byte[]> record : records) {
        int number = number(record) - latency.keys();
        times.add(number, now - due(start, number));
      }
    }
    return times;
  }

  /** One record of each key, so that nothing starts while times are taken. */
  private void awaitFirst(ContenderProcess process) {
    for (int key = 0; key < latency.keys(); key++) {
      producer.send(new ProducerRecord<>(input, Topics.bytes(key), Message.of(key)));
    }
    producer.flush();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    int came = 0;
    while (came < latency.keys()) {
      process.assertItRuns();
      if (System.nanoTime() > deadline) {
        throw new InexactException("of the first " + latency.keys() + " records came " + came);
      }
      came += consumer.poll(POLL).count();
    }
  }

  private void send(long start) {
    for (int number = 0; number < latency.end() && !closed; number++) {
      long due = due(start, number);
      for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
        LockSupport.parkNanos(due - now);
      }
      producer.send(
          new ProducerRecord<>(input, Topics.bytes(number % latency.keys()), Message.of(number)));
    }
  }

  private long due(long start, int number) {
    return start + number * TimeUnit.SECONDS.toNanos(1) / latency.perSecond();
  }

  /** The number of the record that a count answers, for keys come in turn. */
  private int number(ConsumerRecord<byte[], byte[]> record) {
    long key = ByteBuffer.wrap(record.key()).getLong();
    long count = ByteBuffer.wrap(record.value()).getLong();
    return (int) ((count - 1) * latency.keys() + key);
  }

  @Override
  public void close() {
    closed = true;
    producer.close(Duration.ZERO);
    consumer.close();
  }
}
