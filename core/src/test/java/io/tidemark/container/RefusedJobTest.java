package io.tidemark.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Config;
import io.tidemark.api.FencedException;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.StreamSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker whose commits are refused: by a successor, or only because it took too long. */
class RefusedJobTest {
  private static final SystemStream OUT = new SystemStream("memory", "out");
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path directory;
  private final MemorySystem system = new MemorySystem("memory");

  @BeforeEach
  void createInput() {
    system.admin().create(new StreamSpec("in", 1, Map.of()));
  }

  @Test
  void startsAgainIfNobodyHasTakenOver() throws Exception {
    try (Job job = start("a")) {
      job.awaitRunning();
      send("one");
      await(job, () -> outputs().equals(List.of("one")));
      String session = job.coordinator().view().containers().get(0).session();
      String writer =
          new Membership(0, Sessions.incarnation(session), null, null).writer("refused-1", 0);
      system.fence(writer); // as a broker does when a transaction takes too long
      send("two");
      await(job, () -> outputs().equals(List.of("one", "two")));
      assertThat(job.progress().restarts()).isEqualTo(1);
    }
  }

  @Test
  void endsIfAnotherHasTakenOver() throws Exception {
    try (Job former = start("a")) {
      former.awaitRunning();
      send("one");
      await(former, () -> outputs().equals(List.of("one")));
      try (Job successor = start("b")) {
        successor.awaitRunning();
        send("two");
        assertThatThrownBy(() -> former.awaitEnd(LIMIT))
            .isInstanceOf(FencedException.class)
            .hasMessageStartingWith("TM-3101");
        await(successor, () -> outputs().equals(List.of("one", "two")));
      }
    }
  }

  private Job start(String machine) {
    Map<String, String> entries = new HashMap<>();
    entries.put("job.name", "refused");
    entries.put("job.state.dir", directory.resolve(machine).toString());
    entries.put("task.inputs", "memory.in");
    entries.put("task.commit.ms", "10");
    entries.put("container.workers", "1");
    entries.put("container.restart.backoff.ms", "1");
    entries.put("systems.memory.factory", "memory");
    entries.put("systems.memory.msg.serde", "string");
    StreamTask copy = (envelope, collector, coordinator) -> copy(envelope.getMessage(), collector);
    return Job.of(Config.of(entries))
        .task(() -> copy)
        .system("memory", new MemoryJournals(system))
        .start();
  }

  private static void copy(Object message, MessageCollector collector) {
    collector.send(new OutgoingMessageEnvelope(OUT, message));
  }

  private void send(String message) {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    system.producer("test").send(new OutgoingRecord("in", 0, null, null, bytes, -1, List.of()));
  }

  private List<String> outputs() {
    if (system.admin().partitionCounts(List.of("out")).isEmpty()) {
      return List.of();
    }
    return system.records("out", 0).stream()
        .map(record -> new String(record.value(), StandardCharsets.UTF_8))
        .toList();
  }

  private static void await(Job job, java.util.function.BooleanSupplier condition) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
      assertThat(job.awaitEnd(Duration.ofMillis(5))).as("the job ended").isFalse();
    }
  }
}
