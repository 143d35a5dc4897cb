package io.tidemark.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.StreamTask;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A store whose keys are tuples, as a job configures it. */
class TupleKeysTest {
  private static final Config CONFIG = config();

  private static Config config() {
    Map<String, String> entries = new HashMap<>();
    entries.put("job.name", "visits");
    entries.put("task.inputs", "memory.visits");
    entries.put("systems.memory.factory", "memory");
    entries.put("systems.memory.key.serde", "string");
    entries.put("systems.memory.msg.serde", "long");
    entries.put("serializers.registry.visit.class", "tuple");
    entries.put("serializers.registry.visit.parts", "string,ordered-long");
    entries.put("stores.visits.factory", "memory");
    entries.put("stores.visits.key.serde", "visit");
    entries.put("stores.visits.msg.serde", "string");
    entries.put("stores.visits.partitioning.key", "io.tidemark.api.FirstOfTuple");
    return Config.of(entries);
  }

  @Test
  void aRangeHasTheKeysOfOneUserInTheOrderOfNumbersAndIsRestored() {
    try (TaskTester tester = TaskTester.of(CONFIG, Visits::new)) {
      for (long number : new long[] {3, -7, 200, -1, 0}) {
        tester.send("visits", "ada", number);
        tester.send("visits", "ad", number);
        tester.send("visits", "ada\0", number);
      }
      tester.process();
      assertThat(numbers(tester)).containsExactly(-7L, -1L, 0L, 3L);
      tester.commit();
      tester.killAndLoseState();
      assertThat(numbers(tester)).containsExactly(-7L, -1L, 0L, 3L);
    }
  }

  private static List<Long> numbers(TaskTester tester) {
    KeyValueStore<Tuple, String> store = tester.store("visits");
    List<Long> numbers = new ArrayList<>();
    try (KeyValueIterator<Tuple, String> visits =
        store.range(Tuple.of("ada", Long.MIN_VALUE), Tuple.of("ada", 200L))) {
      visits.forEachRemaining(entry -> numbers.add(entry.getKey().get(1, Long.class)));
    }
    return numbers;
  }

  private static final class Visits implements StreamTask, InitableTask {
    private KeyValueStore<Tuple, String> store;

    @Override
    public void init(Context context) {
      store = context.getTaskContext().getStore("visits");
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      store.put(Tuple.of(envelope.getKey(), envelope.getMessage()), "seen");
    }
  }
}
