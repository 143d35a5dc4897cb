package io.tidemark.systems.kafka;

import static io.tidemark.system.StreamReading.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.journal.JournalFactory;
import io.tidemark.system.StartPosition;
import io.tidemark.system.StreamReading;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.SystemConsumer;
import io.tidemark.system.SystemProducer;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProgressTest {

  @Test
  void kafkasToolsSeeTheProgressOfTheJobsGroup() throws Exception {
    String stream = "input-" + UUID.randomUUID();
    SystemStreamPartition partition = StreamReading.partition(Cluster.NAME, stream, 0);
    try (JournalFactory system = Cluster.shared().open();
        SystemConsumer consumer = system.consumer("c");
        SystemProducer producer = system.producer("p")) {
      system.admin().create(new StreamSpec(stream, 1, Map.of()));
      for (int i = 0; i < 3; i++) {
        producer.send(record(stream, 0, "record " + i));
      }
      producer.flush();
      consumer.assign(Map.of(partition, new StartPosition.Oldest()));
      StreamReading.poll(consumer, 3);
      for (int reached = 1; reached <= 3; reached++) {
        consumer.reportProgress(Map.of(partition, Integer.toString(reached)));
      }
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (progress(stream) != 3) {
        assertThat(System.nanoTime()).as("progress %d", progress(stream)).isLessThan(deadline);
        consumer.poll(Duration.ofMillis(20));
      }
    }
  }

  private static long progress(String stream) throws Exception {
    try (Admin admin = Cluster.shared().admin()) {
      OffsetAndMetadata offset =
          admin
              .listConsumerGroupOffsets("contract-1")
              .partitionsToOffsetAndMetadata()
              .get()
              .get(new TopicPartition(stream, 0));
      return offset == null ? -1 : offset.offset();
    }
  }
}
