package io.tidemark.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.ReadOnlyKeyValueStore;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.testing.TaskTester.Sent;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Fed stores in an engine, against a map: random updates, removals, restarts and losses. {@code
 * -Dtidemark.seed} repeats a failure.
 */
@Timeout(120)
public abstract class FedStoreContract {
  private static final int PARTITIONS = 2;
  private static final int STEPS = 600;
  private static final SystemStream OUT = new SystemStream("memory", "out");

  private final Map<String, String> model = new TreeMap<>();

  /** The engine's type. */
  protected abstract String engine();

  /** Sends what the store has for the key of each record. */
  private static final class Lookup implements StreamTask, InitableTask {
    private ReadOnlyKeyValueStore<String, String> table;

    @Override
    public void init(Context context) {
      table = context.getTaskContext().getStore("table");
    }

    @Override
    public void process(
        IncomingMessageEnvelope record, MessageCollector collector, TaskCoordinator coordinator) {
      String key = (String) record.getKey();
      collector.send(new OutgoingMessageEnvelope(OUT, key, table.get(key)));
    }
  }

  private Config config(String mode, String cache) {
    Map<String, String> entries = new TreeMap<>();
    entries.put("job.name", "lookup");
    entries.put("task.inputs", "memory.in");
    entries.put("systems.memory.factory", "memory");
    entries.put("systems.memory.key.serde", "string");
    entries.put("systems.memory.msg.serde", "string");
    entries.put("stores.table.factory", engine());
    entries.put("stores.table.key.serde", "string");
    entries.put("stores.table.msg.serde", "string");
    entries.put("stores.table.source", "memory.changes");
    entries.put("stores.table.source.mode", mode);
    if (mode.equals("partition")) {
      entries.put("stores.table.cache", cache);
    }
    return Config.of(entries);
  }

  @ParameterizedTest
  @CsvSource({"partition, objects", "partition, off", "broadcast, none"})
  void it_always_equals_the_map_that_the_same_changes_make(String mode, String cache) {
    long seed = Long.getLong("tidemark.seed", System.nanoTime());
    try (TaskTester tester =
        new TaskTester.Builder(config(mode, cache), Lookup::new).partitions(PARTITIONS).build()) {
      Random random = new Random(seed);
      for (int step = 0; step < STEPS; step++) {
        step(tester, random, mode);
      }
    } catch (Throwable e) {
      throw new AssertionError("with -Dtidemark.seed=" + seed + ": " + e, e);
    }
  }

  private void step(TaskTester tester, Random random, String mode) {
    String key = "key " + random.nextInt(30);
    switch (random.nextInt(12)) {
      case 0 -> tester.kill();
      case 1 -> tester.killAndLoseState();
      case 2 -> tester.stop();
      case 3 -> tester.process();
      case 4 -> tester.commit();
      case 5 -> tester.advance(Duration.ofSeconds(3));
      case 6 -> assertStores(tester, mode);
      case 7 -> {
        tester.send("in", key, "?");
        tester.commit();
        assertThat(tester.output("out")).containsExactly(Sent.of(key, model.get(key)));
      }
      case 8 -> {
        tester.send("changes", key, null);
        model.remove(key);
      }
      default -> {
        String value = "value " + random.nextInt();
        tester.send("changes", key, value);
        model.put(key, value);
      }
    }
  }

  private void assertStores(TaskTester tester, String mode) {
    tester.process();
    Map<String, String> all = new TreeMap<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      Map<String, String> own = new TreeMap<>();
      ReadOnlyKeyValueStore<String, String> store = tester.store("table", partition);
      try (KeyValueIterator<String, String> entries = store.all()) {
        entries.forEachRemaining(entry -> own.put(entry.key(), entry.value()));
      }
      if (mode.equals("broadcast")) {
        assertThat(own).isEqualTo(model);
      }
      all.putAll(own);
    }
    assertThat(all).isEqualTo(model);
  }
}
