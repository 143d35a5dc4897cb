package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Config;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.testing.TaskTester;
import io.tidemark.testing.TaskTester.Sent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExactlyOnceTest {
  private static final SystemStream COUNTS = new SystemStream("memory", "counts");

  /** Counts per key; fails, after it did everything, where the message says so. */
  static final class Counter implements StreamTask, InitableTask {
    private KeyValueStore<String, Long> counts;

    @Override
    public void init(Context context) {
      counts = context.getTaskContext().getStore("counts");
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      String key = (String) envelope.getKey();
      Long before = counts.get(key);
      long now = before == null ? 1 : before + 1;
      if (now % 5 == 0) {
        counts.delete(key); // starts over at every fifth
      } else {
        counts.put(key, now);
      }
      collector.send(new OutgoingMessageEnvelope(COUNTS, key, now));
      if ("bad".equals(envelope.getMessage())) {
        throw new IllegalStateException("bad record");
      }
    }
  }

  static Config config(Map<String, String> more) {
    Map<String, String> entries = new HashMap<>();
    entries.put("job.name", "counting");
    entries.put("task.inputs", "memory.words");
    entries.put("task.commit.ms", "100");
    entries.put("systems.memory.factory", "memory");
    entries.put("systems.memory.key.serde", "string");
    entries.put("systems.memory.msg.serde", "string");
    entries.put("streams.counts.system", "memory");
    entries.put("streams.counts.msg.serde", "long");
    entries.put("stores.counts.factory", "memory");
    entries.put("stores.counts.key.serde", "string");
    entries.put("stores.counts.msg.serde", "long");
    entries.putAll(more);
    return Config.of(entries);
  }

  @Test
  void whatWasNotCommittedIsForgottenAndDoneAgain() {
    try (TaskTester tester = TaskTester.of(config(Map.of()), Counter::new)) {
      tester.send("words", "a", "");
      tester.send("words", "b", "");
      tester.process();
      tester.commit();
      tester.send("words", "a", "");
      tester.process();
      assertThat(tester.output("counts")).containsExactly(Sent.of("a", 1L), Sent.of("b", 1L));
      tester.kill();
      tester.process();
      tester.commit();
      assertThat(tester.output("counts")).containsExactly(Sent.of("a", 2L));
      KeyValueStore<String, Long> store = tester.store("counts");
      assertThat(store.get("a")).isEqualTo(2L);
    }
  }

  @Test
  void aCommitIsMadeWhenItsTimeHasCome() {
    try (TaskTester tester = TaskTester.of(config(Map.of()), Counter::new)) {
      tester.send("words", "a", "");
      tester.process();
      assertThat(tester.output("counts")).isEmpty();
      tester.advance(Duration.ofMillis(100));
      assertThat(tester.output("counts")).containsExactly(Sent.of("a", 1L));
    }
  }

  @Test
  void aFailedRecordLeavesNoTraceAndGoesToTheDeadLetterStream() {
    Map<String, String> policy =
        Map.of("streams.words.on.error", "dead-letter", "streams.words.system", "memory");
    try (TaskTester tester = TaskTester.of(config(policy), Counter::new)) {
      tester.send("words", "a", "");
      tester.send("words", "a", "bad");
      tester.send("words", "new", "bad");
      tester.sendBytes("words", bytes("a"), new byte[] {(byte) 0xff});
      tester.send("words", "a", "");
      tester.process();
      tester.commit();
      assertThat(tester.output("counts"))
          .containsExactly(Sent.of("a", 1L), Sent.of("a", 2L), Sent.of("a", 3L));
      assertThat(tester.output("words-rejected"))
          .containsExactly(Sent.of("a", "bad"), Sent.of("new", "bad"));
      assertThat(tester.headers("words-rejected").get(0))
          .containsEntry("tidemark.task", "main-0")
          .containsEntry("tidemark.input", "memory.words[0]")
          .containsEntry("tidemark.offset", "1")
          .containsEntry("tidemark.reason", "java.lang.IllegalStateException: bad record");
      assertThat(tester.<KeyValueStore<String, Long>>store("counts").get("new")).isNull();
    }
  }

  @Test
  void aFailedRecordStopsTheTaskUnlessToldOtherwise() {
    try (TaskTester tester = TaskTester.of(config(Map.of()), Counter::new)) {
      tester.send("words", "a", "");
      tester.send("words", "a", "bad");
      assertThatThrownBy(tester::process)
          .isInstanceOf(TaskFailedException.class)
          .hasMessageContaining("main-0")
          .hasMessageContaining("offset 1 of memory.words[0]");
      tester.kill();
      assertThat(tester.output("counts")).isEmpty();
    }
  }

  @Test
  void anyRowOfKillsGivesTheResultOfAnUninterruptedRun() {
    long seed = Long.getLong("tidemark.seed", System.nanoTime());
    Random random = new Random(seed);
    for (String engine : List.of("memory")) {
      Map<String, String> settings =
          Map.of("stores.counts.factory", engine, "stores.counts.cache", "bytes");
      try (TaskTester tester =
          new TaskTester.Builder(config(settings), Counter::new).partitions(3).build()) {
        Map<String, Long> expected = new HashMap<>();
        List<Sent> expectedOutput = new ArrayList<>();
        for (int step = 0; step < 2000; step++) {
          switch (random.nextInt(12)) {
            case 0 -> tester.commit();
            case 1 -> {
              if (random.nextInt(4) == 0) {
                tester.killAndLoseState();
              } else {
                tester.kill();
              }
            }
            case 2 -> tester.advance(Duration.ofMillis(random.nextInt(3000)));
            case 3 -> tester.process();
            default -> {
              String key = "key" + random.nextInt(40);
              tester.send("words", key, "");
              long now = expected.getOrDefault(key, 0L) + 1;
              expectedOutput.add(Sent.of(key, now));
              expected.put(key, now % 5 == 0 ? 0 : now);
            }
          }
        }
        tester.process();
        tester.commit();
        assertThat(tester.output("counts"))
            .as("seed %d", seed)
            .containsExactlyInAnyOrderElementsOf(expectedOutput);
        tester.stop();
        Map<String, Long> found = new HashMap<>();
        for (int partition = 0; partition < 3; partition++) {
          KeyValueStore<String, Long> store = tester.store("counts", partition);
          try (KeyValueIterator<String, Long> all = store.all()) {
            all.forEachRemaining(entry -> found.put(entry.key(), entry.value()));
          }
        }
        expected.values().removeIf(count -> count == 0);
        assertThat(found).as("seed %d", seed).isEqualTo(expected);
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
