package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.StreamTask;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.TaskName;
import io.tidemark.api.ValueMigration;
import io.tidemark.journal.Guarantee;
import io.tidemark.journal.JournalFactory;
import io.tidemark.state.CacheMode;
import io.tidemark.state.Migrations;
import io.tidemark.state.StoreSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One version of a job after another, on one machine or another, killed anywhere: no value is ever
 * read as another schema's, lost, or migrated twice.
 */
@Timeout(120)
class StoreSchemaCrashTest {
  private static final int ROUNDS = 30;
  private static final int VERSIONS = 9;

  @TempDir Path root;

  private final List<Setting> machines = new ArrayList<>();
  private JournalFactory journals;
  private int version;
  private int stepsLeft;

  /** Puts {@code key=text}. */
  private final class Storing implements StreamTask, InitableTask {
    private final String schema = "v" + version;
    private KeyValueStore<String, Versioned> store;

    @Override
    public void init(Context context) {
      store = context.getTaskContext().getStore("store");
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      String[] parts = ((String) envelope.getMessage()).split("=", 2);
      store.get(parts[0]);
      store.put(parts[0], new Versioned(schema, parts[1]));
    }
  }

  /** What was put last, and the version that the job had then, at least. */
  private record Put(String text, int version) {}

  static List<Long> seeds() {
    Random random = new Random();
    return random.longs(12).boxed().toList();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void valuesSurviveVersionsAndKills(long seed) {
    Random random = new Random(seed);
    Map<String, Put> model = new TreeMap<>();
    addMachines();
    Guarantee guarantee = Guarantee.values()[random.nextInt(2)];
    machines.forEach(machine -> machine.guarantee = guarantee);
    for (int round = 0; round < ROUNDS; round++) {
      Setting machine = machines.get(random.nextInt(machines.size()));
      if (version < VERSIONS - 1 && random.nextInt(3) == 0) {
        version += 1 + random.nextInt(2);
      }
      machine.stores = List.of(store(random));
      stepsLeft = random.nextInt(4) == 0 ? Integer.MAX_VALUE : random.nextInt(60);
      run(machine, random, model, round);
    }
    stepsLeft = Integer.MAX_VALUE;
    machines.get(0).stores = List.of(store(random));
    assertHolds(machines.get(0), model);
    Setting fresh = new Setting(root.resolve("fresh"), Storing::new, machines.get(0));
    fresh.guarantee = guarantee;
    fresh.stores = machines.get(0).stores;
    assertHolds(fresh, model);
  }

  private void addMachines() {
    Setting first = new Setting(root.resolve("one"), Storing::new).create();
    journals = (JournalFactory) first.systems.get("memory");
    first.systems.put("memory", new WatchedJournals(journals, step -> step()));
    machines.add(first);
    machines.add(new Setting(root.resolve("two"), Storing::new, first));
    for (Setting machine : machines) {
      SurvivingEngines engines = new SurvivingEngines();
      engines.beforeApply = this::step;
      machine.engines = engines;
    }
  }

  private void step() {
    if (stepsLeft-- == 0) {
      throw new IllegalStateException("killed");
    }
  }

  private StoreSpec store(Random random) {
    List<ValueMigration<Object, Object, Object>> steps = new ArrayList<>();
    for (int from = 0; from < version; from++) {
      steps.add(Versioned.migration("v" + from, "v" + (from + 1)));
    }
    return new StoreSpec(
        "store",
        "memory",
        Setting.strings(),
        Versioned.serde("v" + version),
        null,
        true,
        CacheMode.values()[random.nextInt(3)],
        0,
        1 << 20,
        new Migrations(steps, random.nextBoolean()),
        Map.of());
  }

  private void run(Setting machine, Random random, Map<String, Put> model, int round) {
    for (int i = random.nextInt(6); i > 0; i--) {
      String key = "k" + random.nextInt(20);
      String text = round + "-" + i;
      model.put(key, new Put(text, version));
      machine.send(key + "=" + text);
    }
    try (Worker worker = machine.open("w-" + random.nextInt(2))) {
      for (int i = random.nextInt(4); i > 0; i--) {
        machine.commit(worker);
        machine.nowMs += random.nextInt(100);
      }
      if (random.nextBoolean()) {
        worker.finish();
      }
    } catch (RuntimeException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      assertThat(cause).hasMessage("killed");
    }
  }

  private void assertHolds(Setting machine, Map<String, Put> model) {
    try (Worker worker = machine.open("w")) {
      machine.commit(worker);
      @SuppressWarnings("unchecked") // it is configured so
      KeyValueStore<String, Versioned> store =
          (KeyValueStore<String, Versioned>) worker.store(new TaskName("main", 0), "store");
      model.forEach(
          (key, put) -> {
            Versioned found = store.get(key);
            assertThat(found).as(key).isNotNull();
            assertThat(possible(put)).as(key).contains(found.text());
          });
    }
  }

  /** The text, by whichever version it was put, and all migrations from there on, once each. */
  private List<String> possible(Put put) {
    List<String> texts = new ArrayList<>();
    for (int by = put.version; by <= version; by++) {
      StringBuilder text = new StringBuilder(put.text);
      for (int step = by + 1; step <= version; step++) {
        text.append(">v").append(step);
      }
      texts.add(text.toString());
    }
    return texts;
  }
}
