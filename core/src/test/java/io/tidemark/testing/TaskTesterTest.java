package io.tidemark.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tidemark.api.ClosableTask;
import io.tidemark.api.Config;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.WindowableTask;
import io.tidemark.testing.TaskTester.Sent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskTesterTest {
  private static final SystemStream SUMS = new SystemStream("memory", "sums");

  private final List<String> events = new ArrayList<>();

  /** Adds up what comes by key. */
  private final class Adding implements StreamTask, InitableTask, WindowableTask, ClosableTask {
    private KeyValueStore<String, Long> sums;

    @Override
    public void init(Context context) {
      sums = context.getTaskContext().getStore("sums");
      events.add("init " + context.getTaskContext().getTaskName());
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      String key = (String) envelope.getKey();
      Long before = sums.get(key);
      long sum = (before == null ? 0 : before) + (Long) envelope.getMessage();
      sums.put(key, sum);
      collector.send(new OutgoingMessageEnvelope(SUMS, key, sum));
    }

    @Override
    public void window(MessageCollector collector, TaskCoordinator coordinator) {
      events.add("window");
    }

    @Override
    public void close() {
      events.add("close");
    }
  }

  private static Config config(String... more) {
    Map<String, String> entries = new HashMap<>();
    entries.put("job.name", "adding");
    entries.put("task.inputs", "memory.numbers");
    entries.put("task.commit.ms", "100");
    entries.put("task.window.ms", "1000");
    entries.put("systems.memory.factory", "memory");
    entries.put("systems.memory.key.serde", "string");
    entries.put("systems.memory.msg.serde", "long");
    entries.put("stores.sums.factory", "memory");
    entries.put("stores.sums.key.serde", "string");
    entries.put("stores.sums.msg.serde", "long");
    for (int i = 0; i < more.length; i += 2) {
      entries.put(more[i], more[i + 1]);
    }
    return Config.of(entries);
  }

  @Test
  void nothingIsCommittedUnaskedAfterAPause() {
    try (TaskTester tester = TaskTester.of(config(), Adding::new)) {
      tester.advance(Duration.ofSeconds(10));
      tester.send("numbers", "a", 3L);
      tester.process();
      assertThat(tester.output("sums")).isEmpty();
      tester.kill();
      tester.commit();
      assertThat(tester.output("sums")).containsExactly(Sent.of("a", 3L));
    }
  }

  @Test
  void outputsAppearWithTheirCommitAndOnce() {
    try (TaskTester tester = TaskTester.of(config(), Adding::new)) {
      tester.send("numbers", "a", 3L);
      tester.process();
      assertThat(tester.output("sums")).isEmpty();
      tester.commit();
      assertThat(tester.output("sums")).containsExactly(Sent.of("a", 3L));
      assertThat(tester.output("sums")).isEmpty();
      tester.send("numbers", "a", 4L);
      tester.commit();
      assertThat(tester.output("memory.sums")).containsExactly(Sent.of("a", 7L));
    }
  }

  @Test
  void aStoreShowsWhatIsNotCommittedYetAndForgetsItWithAKill() {
    try (TaskTester tester = TaskTester.of(config(), Adding::new)) {
      tester.send("numbers", "a", 3L);
      tester.process();
      assertThat(tester.<KeyValueStore<String, Long>>store("sums").get("a")).isEqualTo(3);
      tester.kill();
      assertThat(tester.<KeyValueStore<String, Long>>store("sums").get("a")).isNull();
      tester.process();
      tester.commit();
      tester.killAndLoseState();
      assertThat(tester.<KeyValueStore<String, Long>>store("sums").get("a")).isEqualTo(3);
      assertThat(tester.output("sums")).containsExactly(Sent.of("a", 3L));
      assertThat(events).containsOnly("init main-0").hasSize(3);
    }
  }

  @Test
  void stoppingCommitsAndClosesAndTheNextCallStartsAgain() {
    try (TaskTester tester = TaskTester.of(config(), Adding::new)) {
      tester.send("numbers", "a", 3L);
      tester.process();
      tester.stop();
      assertThat(tester.output("sums")).containsExactly(Sent.of("a", 3L));
      assertThat(events).containsExactly("init main-0", "close");
      tester.send("numbers", "a", 1L);
      tester.commit();
      assertThat(tester.output("sums")).containsExactly(Sent.of("a", 4L));
    }
  }

  @Test
  void theClockMovesOnlyWhenTheTestMovesIt() {
    Instant start = Instant.parse("2024-02-29T12:00:00Z");
    try (TaskTester tester = new TaskTester.Builder(config(), Adding::new).startAt(start).build()) {
      tester.send("numbers", "a", 3L);
      tester.process();
      tester.advance(Duration.ofMillis(999));
      assertThat(tester.now()).isEqualTo(start.plusMillis(999));
      assertThat(tester.output("sums")).as("its commit was due").hasSize(1);
      assertThat(events).doesNotContain("window");
      tester.advance(Duration.ofMillis(1));
      assertThat(events).containsOnlyOnce("window");
    }
  }

  @Test
  void outputsOfSeveralPartitionsAreEachShownOnce() {
    try (TaskTester tester = new TaskTester.Builder(config(), Adding::new).partitions(4).build()) {
      List<Sent> shown = new ArrayList<>();
      List<Sent> expected = new ArrayList<>();
      for (long round = 1; round <= 5; round++) {
        for (int key = 0; key < 20; key++) {
          tester.send("numbers", "key" + key, 1L);
          expected.add(Sent.of("key" + key, round));
        }
        tester.commit();
        shown.addAll(tester.output("sums"));
        assertThat(shown).containsExactlyInAnyOrderElementsOf(expected);
      }
      assertThat(events)
          .containsExactlyInAnyOrder("init main-0", "init main-1", "init main-2", "init main-3");
    }
  }

  @Test
  void theStateDirectoryOfTheConfigurationIsLeftAlone(@TempDir Path production) throws IOException {
    Path precious = production.resolve("adding-1/main-0/rocksdb/file");
    Files.createDirectories(precious.getParent());
    Files.writeString(precious, "contents");
    Config config = config("job.state.dir", production.toString());
    for (int i = 0; i < 2; i++) {
      try (TaskTester tester = TaskTester.of(config, Adding::new);
          TaskTester beside = TaskTester.of(config, Adding::new)) {
        for (TaskTester each : List.of(tester, beside)) {
          each.send("numbers", "a", 3L);
          each.commit();
          each.killAndLoseState();
          each.commit();
        }
      }
    }
    assertThat(precious).hasContent("contents");
  }

  @Test
  void anInputThatTheJobDoesNotHaveIsNamed() {
    try (TaskTester tester = TaskTester.of(config(), Adding::new)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> tester.send("letters", "a", 1L))
          .withMessageContaining("letters")
          .withMessageContaining("memory.numbers");
    }
  }
}
