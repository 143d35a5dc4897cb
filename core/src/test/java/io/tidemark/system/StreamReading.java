package io.tidemark.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Partition;
import io.tidemark.api.SystemStreamPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How contract suites write to streams and read them back, with deadlines. */
public final class StreamReading {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final Duration STEP = Duration.ofMillis(50);

  private StreamReading() {}

  /** A partition of a stream. */
  public static SystemStreamPartition partition(String system, String stream, int partition) {
    return new SystemStreamPartition(system, stream, new Partition(partition));
  }

  /** A record that has a value only, for a chosen partition. */
  public static OutgoingRecord record(String stream, int partition, String value) {
    return new OutgoingRecord(stream, partition, null, null, value.getBytes(UTF_8), -1, List.of());
  }

  /** The values of all committed records of a partition, read to its present end. */
  public static List<String> values(StreamSystem system, SystemStreamPartition partition) {
    return values(
        system, partition, system.admin().offsets(Set.of(partition)).get(partition).end());
  }

  /** The values of all committed records of a partition up to an offset. */
  public static List<String> values(
      StreamSystem system, SystemStreamPartition partition, String end) {
    try (SystemConsumer consumer = system.consumer("reading")) {
      consumer.assign(Map.of(partition, new StartPosition.Oldest()));
      return texts(pollUntil(system, consumer, partition, end));
    }
  }

  /**
   * Polls until the consumer's position in a partition is {@code end}, or behind it: what is no
   * record, such as the end of a transaction, may be skipped together with what precedes it.
   */
  public static List<RecordBatch> pollUntil(
      StreamSystem system, SystemConsumer consumer, SystemStreamPartition partition, String end) {
    SystemAdmin admin = system.admin();
    List<RecordBatch> batches = new ArrayList<>();
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (admin.compareOffsets(consumer.position(partition), end) < 0) {
      assertThat(System.nanoTime())
          .as("at %s of %s, and %s expected", consumer.position(partition), partition, end)
          .isLessThan(deadline);
      batches.addAll(consumer.poll(STEP));
    }
    return batches;
  }

  /** Polls until at least {@code count} records have come. */
  public static List<RecordBatch> poll(SystemConsumer consumer, int count) {
    List<RecordBatch> batches = new ArrayList<>();
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (size(batches) < count) {
      assertThat(System.nanoTime())
          .as("%d records came, %d expected", size(batches), count)
          .isLessThan(deadline);
      batches.addAll(consumer.poll(STEP));
    }
    return batches;
  }

  /** The values of records, as text. */
  public static List<String> texts(List<RecordBatch> batches) {
    List<String> texts = new ArrayList<>();
    for (RecordBatch batch : batches) {
      for (int i = 0; i < batch.size(); i++) {
        byte[] value = batch.value(i);
        texts.add(value == null ? null : new String(value, UTF_8));
      }
    }
    return texts;
  }

  private static int size(List<RecordBatch> batches) {
    return batches.stream().mapToInt(RecordBatch::size).sum();
  }
}
