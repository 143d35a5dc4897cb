package io.tidemark.benchmarks.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.benchmarks.contender.Assignment;
import io.tidemark.benchmarks.contender.Message;
import io.tidemark.benchmarks.contender.Share;
import io.tidemark.benchmarks.contender.Workload;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That each workload gives what {@link Workload} says, in stores of both tunings. */
class StreamsTopologyTest {
  private static final long[] KEYS = {7, 8, 7, 7, 9};

  @TempDir Path directory;

  @Test
  void aCopyIsTheRecordAsItIs() {
    assertThat(outputs(Workload.COPY)).containsExactly(100L, 101L, 102L, 103L, 104L);
  }

  @Test
  void aCountIncludesTheRecord() {
    assertThat(outputs(Workload.COUNT)).containsExactly(1L, 1L, 2L, 3L, 1L);
    assertThat(outputs(Workload.MANY_STORES)).containsExactly(1L, 1L, 2L, 3L, 1L);
  }

  @Test
  void theLatestIsTheNumberOfTheMessage() {
    assertThat(outputs(Workload.LATEST)).containsExactly(100L, 101L, 102L, 103L, 104L);
  }

  @Test
  void aModifiedMessageCountsTheRecordsOfItsKey() {
    assertThat(outputs(Workload.READ_MODIFY_WRITE)).containsExactly(1L, 1L, 2L, 3L, 1L);
  }

  @Test
  void aLookupFindsTheRowOrNone() {
    assertThat(outputs(Workload.ENRICH))
        .containsExactly(100L, 1007L, 101L, 1008L, 102L, 1007L, 103L, 1007L, 104L, -1L);
  }

  private List<Long> outputs(Workload workload) {
    List<Long> plain = outputs(workload, false);
    assertThat(outputs(workload, true)).isEqualTo(plain);
    return plain;
  }

  /** The longs that the outputs for {@link #KEYS} begin with; both, of an enriched one. */
  private List<Long> outputs(Workload workload, boolean tuned) {
    Assignment assignment = assignment(workload, tuned);
    try (TopologyTestDriver driver =
        new TopologyTestDriver(StreamsTopology.of(assignment), StreamsSettings.of(assignment))) {
      if (workload == Workload.ENRICH) {
        TestInputTopic<byte[], byte[]> table = topic(driver, "table");
        table.pipeInput(key(7), Message.of(1007));
        table.pipeInput(key(8), Message.of(1008));
      }
      TestInputTopic<byte[], byte[]> input = topic(driver, "input");
      for (int i = 0; i < KEYS.length; i++) {
        input.pipeInput(key(KEYS[i]), Message.of(100 + i));
      }
      return longs(workload, sent(driver));
    }
  }

  private static List<TestRecord<byte[], byte[]>> sent(TopologyTestDriver driver) {
    return driver
        .createOutputTopic("output", new ByteArrayDeserializer(), new ByteArrayDeserializer())
        .readRecordsToList();
  }

  private static List<Long> longs(Workload workload, List<TestRecord<byte[], byte[]>> records) {
    List<Long> longs = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      assertThat(records.get(i).key()).isEqualTo(key(KEYS[i]));
      ByteBuffer value = ByteBuffer.wrap(records.get(i).value());
      longs.add(value.getLong());
      if (workload == Workload.ENRICH) {
        longs.add(value.getLong());
      }
      assertThat(value.remaining())
          .isEqualTo(workload == Workload.COPY ? Message.BYTES - Long.BYTES : 0);
    }
    return longs;
  }

  private static TestInputTopic<byte[], byte[]> topic(TopologyTestDriver driver, String name) {
    return driver.createInputTopic(name, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static byte[] key(long key) {
    return ByteBuffer.allocate(Long.BYTES).putLong(key).array();
  }

  @Test
  void processesThatShareTheWorkAreOneGroup() {
    Assignment assignment = assignment(Workload.COUNT, true);
    Properties first = StreamsSettings.of(assignment.share(new Share(0, 2)));
    Properties second = StreamsSettings.of(assignment.share(new Share(1, 2)));
    assertThat(first.get("application.id")).isEqualTo(second.get("application.id"));
    assertThat(first.get("state.dir")).isNotEqualTo(second.get("state.dir"));
    assertThat(first.get("main.consumer.group.instance.id"))
        .isNotNull()
        .isNotEqualTo(second.get("main.consumer.group.instance.id"));
  }

  private Assignment assignment(Workload workload, boolean tuned) {
    return new Assignment(
        "test-" + workload + tuned,
        "localhost:1",
        workload,
        tuned,
        true,
        Duration.ofMillis(100),
        Duration.ZERO,
        2,
        Share.WHOLE,
        64 << 20,
        3,
        8,
        "input",
        "table",
        "output",
        directory);
  }
}
