package io.tidemark.system;

import static io.tidemark.system.StreamReading.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.FencedException;
import io.tidemark.api.TidemarkException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemorySystemTest extends SystemContract {
  private final MemorySystem memory =
      new MemorySystem("memory", () -> Instant.ofEpochMilli(1_700_000_000_000L));

  @Override
  protected StreamSystem open() {
    return memory;
  }

  @Override
  protected String systemName() {
    return "memory";
  }

  @Override
  protected void trim(String stream, int partition, String offset) {
    memory.trim(stream, partition, Long.parseLong(offset));
  }

  @BeforeEach
  void createStream() {
    memory.admin().create(new StreamSpec("letters", 2, Map.of()));
  }

  @Test
  void recordsWithoutTimestampTakeTheInjectedClocksTime() {
    memory.producer("").send(record("letters", 0, "a"));
    assertThat(memory.records("letters", 0))
        .extracting(MemoryRecord::timestamp)
        .containsExactly(1_700_000_000_000L);
  }

  @Test
  void recordsWithoutPartitionKeyGoRoundRobin() {
    for (String letter : List.of("a", "b", "c", "d", "e")) {
      memory
          .producer("")
          .send(
              new OutgoingRecord("letters", -1, null, null, letter.getBytes(UTF_8), -1, List.of()));
    }
    assertThat(letters(0)).containsExactly("a", "c", "e");
    assertThat(letters(1)).containsExactly("b", "d");
  }

  @Test
  void aWritersRecordsAreVisibleWhenItCommits() {
    MemoryWriter writer = memory.writer("w");
    writer.send(record("letters", 0, "a"));
    writer.send(record("letters", 1, "b"));
    assertThat(letters(0)).isEmpty();
    assertThat(writer.commit())
        .isEqualTo(
            Map.of(
                StreamReading.partition("memory", "letters", 0), 0L,
                StreamReading.partition("memory", "letters", 1), 0L));
    assertThat(letters(0)).containsExactly("a");
    assertThat(letters(1)).containsExactly("b");
  }

  @Test
  void aWriterIsFencedByTheNextOfItsNameAndNoOther() {
    MemoryWriter former = memory.writer("w");
    former.send(record("letters", 0, "lost"));
    memory.writer("another");
    former.requireCurrent();
    memory.writer("w");
    assertThatThrownBy(former::commit).isInstanceOf(FencedException.class);
    assertThatThrownBy(() -> former.send(record("letters", 0, "lost too")))
        .isInstanceOf(FencedException.class);
    assertThat(letters(0)).isEmpty();
  }

  @Test
  void sendingToAMissingStreamOrPartitionIsRefused() {
    SystemProducer producer = memory.producer("");
    assertThatThrownBy(() -> producer.send(record("numbers", 0, "1")))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining("memory has no stream numbers");
    assertThatThrownBy(() -> producer.send(record("letters", 2, "1")))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining("letters has no partition 2");
  }

  private List<String> letters(int partition) {
    return memory.records("letters", partition).stream()
        .map(record -> new String(record.value(), UTF_8))
        .toList();
  }
}
