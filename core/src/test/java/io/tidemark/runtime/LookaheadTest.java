package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyPrefetch;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.PrefetchingTask;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.testing.TaskTester;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LookaheadTest {
  private static final List<String> PREFETCHED = new ArrayList<>();

  /** Counts per key; says beforehand which. */
  static final class Counter implements PrefetchingTask, InitableTask {
    private KeyValueStore<String, Long> counts;

    @Override
    public void init(Context context) {
      counts = context.getTaskContext().getStore("counts");
    }

    @Override
    public void prefetch(List<IncomingMessageEnvelope> envelopes, KeyPrefetch keys) {
      for (IncomingMessageEnvelope envelope : envelopes) {
        if ("no prefetch".equals(envelope.getMessage())) {
          throw new IllegalStateException("no luck");
        }
        PREFETCHED.add((String) envelope.getKey());
        keys.add(counts, (String) envelope.getKey());
      }
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      counts.merge((String) envelope.getKey(), 1L, Long::sum);
      if ("bad".equals(envelope.getMessage())) {
        throw new IllegalStateException("bad record");
      }
    }
  }

  @Test
  void everyRecordIsNamedOnceAndProcessedInOrderAsWithoutLookingAhead() {
    PREFETCHED.clear();
    Random random = new Random(7);
    Map<String, Long> expected = new HashMap<>();
    List<String> named = new ArrayList<>();
    Map<String, String> skip = Map.of("streams.words.on.error", "skip");
    try (TaskTester tester = TaskTester.of(ExactlyOnceTest.config(skip), Counter::new)) {
      for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 700; i++) {
          String key = "key" + random.nextInt(100);
          boolean bad = random.nextInt(10) == 0;
          named.add(key);
          tester.send("words", key, bad ? "bad" : "");
          if (!bad) {
            expected.merge(key, 1L, Long::sum);
          }
        }
        tester.process();
        tester.commit();
        if (round == 2) {
          tester.stop(); // and again, from the journal
        }
      }
      assertThat(PREFETCHED).isEqualTo(named);
      KeyValueStore<String, Long> counts = tester.store("counts");
      Map<String, Long> found = new HashMap<>();
      try (var all = counts.all()) {
        all.forEachRemaining(entry -> found.put(entry.key(), entry.value()));
      }
      assertThat(found).isEqualTo(expected);
    }
  }

  @Test
  void aTaskThatFailsToNameItsKeysFailsWithThePlace() {
    try (TaskTester tester = TaskTester.of(ExactlyOnceTest.config(Map.of()), Counter::new)) {
      tester.send("words", "a", "no prefetch");
      assertThatThrownBy(tester::process)
          .hasMessageContaining("TM-4011")
          .hasMessageContaining("offset 0")
          .hasMessageContaining("no luck");
    }
  }
}
