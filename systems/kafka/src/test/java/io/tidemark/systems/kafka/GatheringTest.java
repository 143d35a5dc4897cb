package io.tidemark.systems.kafka;

import static io.tidemark.system.StreamReading.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.journal.JournalFactory;
import io.tidemark.system.RecordBatch;
import io.tidemark.system.StartPosition;
import io.tidemark.system.StreamReading;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.SystemConsumer;
import io.tidemark.system.SystemProducer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GatheringTest {
  private static final int RECORDS = 100;
  private static final Map<String, String> ONE_RECORD_A_POLL =
      Map.of("consumer.max.poll.records", "1");

  private final String stream = "input-" + UUID.randomUUID();
  private final SystemStreamPartition partition =
      StreamReading.partition(Cluster.NAME, stream, 0);

  @Test
  void whereFewRecordsComeTheNextAreLetToGather() {
    try (JournalFactory system = filled(ONE_RECORD_A_POLL);
        SystemConsumer consumer = system.consumer("c")) {
      consumer.assign(Map.of(partition, new StartPosition.Oldest()));
      StreamReading.poll(consumer, 1);
      long began = System.nanoTime();
      int polls = polls(consumer, 50, Duration.ofMillis(10));
      long elapsedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      assertThat((long) polls).isEqualTo(50).isLessThanOrEqualTo(elapsedMs + 1);
    }
  }

  /** A system whose stream has the records. */
  private JournalFactory filled(Map<String, String> settings) {
    JournalFactory system = Cluster.shared().open(settings);
    system.admin().create(new StreamSpec(stream, 1, Map.of()));
    try (SystemProducer producer = system.producer("p")) {
      for (int i = 0; i < RECORDS; i++) {
        producer.send(record(stream, 0, "record " + i));
      }
      producer.flush();
    }
    return system;
  }

  /** How many polls give something until so many records have come. */
  private static int polls(SystemConsumer consumer, int count, Duration timeout) {
    int polls = 0;
    for (int taken = 0; taken < count; ) {
      List<RecordBatch> batches = consumer.poll(timeout);
      polls += batches.isEmpty() ? 0 : 1;
      taken += batches.stream().mapToInt(RecordBatch::size).sum();
    }
    return polls;
  }
}
