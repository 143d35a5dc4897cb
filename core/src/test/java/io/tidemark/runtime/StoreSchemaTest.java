package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.PartitioningKey;
import io.tidemark.api.Serde;
import io.tidemark.api.StateException;
import io.tidemark.api.StreamTask;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.TaskName;
import io.tidemark.api.ValueMigration;
import io.tidemark.journal.JournalFactory;
import io.tidemark.state.CacheMode;
import io.tidemark.state.CommittedState;
import io.tidemark.state.Migrations;
import io.tidemark.state.StoreSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A task's stores stay what they were, or become what was declared. */
@Timeout(60)
class StoreSchemaTest {
  private static final String STORE = "store";
  private static final TaskName TASK = new TaskName("main", 0);

  @TempDir Path root;

  private Setting setting;
  private String written = "v1";

  /** Puts {@code key=text}; for {@code key} it sends what is there. */
  private final class Storing implements StreamTask, InitableTask {
    private final String schema = written;
    private KeyValueStore<String, Versioned> store;

    @Override
    public void init(Context context) {
      store = context.getTaskContext().getStore(STORE);
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      String message = (String) envelope.getMessage();
      String[] parts = message.split("=", 2);
      if (parts.length == 2) {
        store.put(parts[0], new Versioned(schema, parts[1]));
      } else {
        Versioned found = store.get(message);
        collector.send(
            new OutgoingMessageEnvelope(
                Setting.OUT, message + (found == null ? "" : "=" + found.text())));
      }
    }
  }

  @BeforeEach
  void create() {
    setting = new Setting(root.resolve("one"), Storing::new).create();
    setting.engines = new SurvivingEngines();
    setting.stores = List.of(store("v1"));
  }

  private static StoreSpec store(String schema) {
    return store(Versioned.serde(schema), Migrations.NONE);
  }

  private static StoreSpec lazily(String schema, List<ValueMigration<Object, Object, Object>> by) {
    return store(Versioned.serde(schema), new Migrations(by, false));
  }

  private static StoreSpec eagerly(String schema, List<ValueMigration<Object, Object, Object>> by) {
    return store(Versioned.serde(schema), new Migrations(by, true));
  }

  private static StoreSpec store(Serde<Object> values, Migrations migrations) {
    return store(values, migrations, CacheMode.OBJECTS);
  }

  private static StoreSpec store(Serde<Object> values, Migrations migrations, CacheMode cache) {
    return new StoreSpec(
        STORE,
        "memory",
        Setting.strings(),
        values,
        null,
        true,
        cache,
        0,
        1 << 20,
        migrations,
        Map.of());
  }

  /** Starts with this store, processes messages, commits, and ends in order. */
  private void run(StoreSpec store, String... messages) {
    setting.stores = List.of(store);
    written = store.valueSerde().schema();
    setting.send(messages);
    try (Worker worker = setting.open("w")) {
      setting.commit(worker);
      setting.nowMs += 1000;
      worker.finish();
    }
  }

  /** What those messages send. */
  private List<String> sent(StoreSpec store, String... messages) {
    int before = setting.out().size();
    run(store, messages);
    List<String> out = setting.out();
    return out.subList(before, out.size());
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(StoreSpec store) {
    List<?> journal = setting.memory.records("journal", 0);
    setting.stores = List.of(store);
    AbstractThrowableAssert<?, ? extends Throwable> refusal =
        assertThatThrownBy(() -> setting.open("w"))
            .isInstanceOf(StateException.class)
            .hasMessageStartingWith("TM-3015: store store of task main-0 ")
            .hasMessageContaining("Nothing was changed; ");
    assertThat(setting.memory.records("journal", 0)).hasSameSizeAs(journal);
    return refusal;
  }

  /** The schema numbers that committed values carry, by their keys. */
  private static Map<String, Integer> numbers(Worker worker, String... keys) {
    CommittedState state = Objects.requireNonNull(worker.committedState(TASK));
    Map<String, Integer> numbers = new TreeMap<>();
    for (String key : keys) {
      byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
      CommittedState.Value value =
          state.getAll(STORE, List.of(new CommittedState.Key(bytes, bytes)), 0).values().get(0);
      numbers.put(key, value == null ? -1 : value.schema());
    }
    return numbers;
  }

  private void loseState() {
    setting.directory = root.resolve("other " + setting.nowMs);
  }

  @Test
  void anotherSchemaOfValuesIsRefusedAndNothingIsChanged() {
    run(store("v1"), "a=1");
    assertRefused(store("v2"))
        .hasMessageContaining("values of schema v1 (number 0)")
        .hasMessageContaining("stores.store.msg.serde is now of schema v2")
        .hasMessageContaining("stores.store.migrations");
    assertThat(sent(store("v1"), "a", "b=2", "b")).containsExactly("a=1", "b=2");
  }

  @Test
  void anotherSchemaOfKeysIsRefused() {
    run(store("v1"), "a=1");
    StoreSpec other = store("v1");
    assertRefused(spec(other, Versioned.serde("keys", "string"), other.splittable(), null))
        .hasMessageContaining(
            "has keys of schema string, and stores.store.key.serde now means keys");
  }

  @Test
  void anotherScopeIsRefused() {
    run(store("v1"), "a=1");
    assertRefused(spec(store("v1"), Setting.strings(), false, null))
        .hasMessageContaining("the scope partition, and stores.store.scope now means task");
  }

  @Test
  void anotherPartitioningKeyIsRefused() {
    run(store("v1"), "a=1");
    assertRefused(spec(store("v1"), Setting.strings(), true, new WholeKey()))
        .hasMessageContaining("the partitioning key (none), and stores.store.partitioning.key")
        .hasMessageContaining(WholeKey.class.getName());
  }

  private static final class WholeKey implements PartitioningKey<Object> {
    @Override
    public byte[] of(Object key, byte[] bytes) {
      return bytes;
    }
  }

  private static StoreSpec spec(
      StoreSpec like,
      Serde<Object> keys,
      boolean splittable,
      @Nullable PartitioningKey<Object> partitioningKey) {
    return new StoreSpec(
        like.name(),
        like.engine(),
        keys,
        like.valueSerde(),
        partitioningKey,
        splittable,
        like.cache(),
        0,
        1 << 20,
        Map.of());
  }

  @Test
  void whoIsRefusedDisturbsNobody() {
    Setting other = new Setting(root.resolve("two"), Storing::new, setting);
    other.stores = List.of(store("v2"));
    try (Worker worker = setting.open("w1")) {
      setting.send("a=1");
      setting.commit(worker);
      assertThatThrownBy(() -> other.open("w2")).hasMessageContaining("TM-3015");
      setting.send("a");
      setting.commit(worker);
      assertThat(setting.out()).containsExactly("a=1");
    }
  }

  @Test
  void anotherCacheOrTimeToLiveIsNoOtherSchema() {
    run(store("v1"), "a=1");
    StoreSpec other =
        new StoreSpec(
            STORE,
            "memory",
            Setting.strings(),
            Versioned.serde("v1"),
            null,
            true,
            CacheMode.BYTES,
            5000,
            1 << 10,
            Map.of("rocksdb.compression", "NO_COMPRESSION"));
    assertThat(sent(other, "a")).containsExactly("a=1");
  }

  @ParameterizedTest
  @EnumSource
  void aSerdeThatReadsTheFormerSchemaNeedsNoMigration(CacheMode cache) {
    run(store("v1"), "a=1", "b=1");
    StoreSpec second = store(Versioned.serde("v2", "v1"), Migrations.NONE, cache);
    assertThat(sent(second, "b=2", "a", "b")).containsExactly("a=1", "b=2");
    loseState();
    assertThat(sent(second, "a", "b")).containsExactly("a=1", "b=2");
    assertRefused(store("v1")).hasMessageContaining("values of schema v2 (number 1)");
  }

  @ParameterizedTest
  @EnumSource
  void valuesAreMigratedAsTheyAreReadAndWhenTheyAreWritten(CacheMode cache) {
    run(store("v1"), "a=1", "b=1", "c=1");
    StoreSpec second =
        store(
            Versioned.serde("v2"),
            new Migrations(List.of(Versioned.migration("v1", "v2")), false),
            cache);
    assertThat(sent(second, "b=2", "a", "b", "c")).containsExactly("a=1>v2", "b=2", "c=1>v2");
    loseState();
    assertThat(sent(second, "a", "b", "c")).containsExactly("a=1>v2", "b=2", "c=1>v2");
  }

  @Test
  void theBackgroundMigratesWhatNobodyTouchesAndOnlyOnce() {
    run(store("v1"), "a=1", "b=1", "c=1");
    List<String> migrated = new ArrayList<>();
    setting.stores = List.of(lazily("v2", List.of(Versioned.migration("v1", "v2", migrated::add))));
    written = "v2";
    try (Worker worker = setting.open("w")) {
      assertThat(numbers(worker, "a", "b", "c")).containsOnlyKeys("a", "b", "c").containsValue(0);
      setting.send("c=2");
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (numbers(worker, "a", "b", "c").containsValue(0) && System.nanoTime() < deadline) {
        setting.commit(worker);
      }
      assertThat(numbers(worker, "a", "b", "c"))
          .containsOnly(Map.entry("a", 1), Map.entry("b", 1), Map.entry("c", 1));
    }
    assertThat(migrated).containsExactlyInAnyOrder("a", "b");
    assertThat(sent(setting.stores.get(0), "a", "b", "c"))
        .containsExactly("a=1>v2", "b=1>v2", "c=2");
    assertThat(migrated).hasSize(2);
  }

  @Test
  void eagerlyAllValuesAreMigratedBeforeTheTaskBegins() {
    run(store("v1"), "a=1", "b=1");
    setting.stores = List.of(eagerly("v2", List.of(Versioned.migration("v1", "v2"))));
    written = "v2";
    try (Worker worker = setting.open("w")) {
      assertThat(numbers(worker, "a", "b")).containsOnly(Map.entry("a", 1), Map.entry("b", 1));
    }
    assertThat(sent(store("v2", "v1"), "a", "b")).containsExactly("a=1>v2", "b=1>v2");
  }

  private static StoreSpec store(String schema, String reads) {
    return store(Versioned.serde(schema, reads), Migrations.NONE);
  }

  @Test
  void anEagerMigrationThatIsKilledGoesOnWhereItWas() {
    String large = "x".repeat(500_000);
    String[] messages = new String[40]; // 20 MB: several commits
    for (int i = 0; i < messages.length; i++) {
      messages[i] = String.format("k%02d=%s", i, large);
    }
    run(store("v1"), messages);
    Map<String, Integer> migrated = new TreeMap<>();
    StoreSpec second =
        eagerly(
            "v2",
            List.of(Versioned.migration("v1", "v2", key -> migrated.merge(key, 1, Integer::sum))));
    JournalFactory journals = (JournalFactory) setting.systems.get("memory");
    int[] commits = {0};
    setting.systems.put(
        "memory",
        new WatchedJournals(
            journals,
            step -> {
              if (step.equals("commit") && ++commits[0] == 3) { // the opening, and one full one
                throw new IllegalStateException("killed");
              }
            }));
    setting.stores = List.of(second);
    assertThatThrownBy(() -> setting.open("w")).hasMessage("killed");
    setting.systems.put("memory", journals);
    int before = migrated.size();
    assertThat(before).isBetween(2, messages.length - 1);

    setting.pace = new WorkerSpec.Pace(1_000_000, 1 << 30, -1, 0, 10_000, true);
    setting.stores = List.of(second);
    try (Worker worker = setting.open("w")) {
      assertThat(worker.committedState(TASK)).isNotNull();
      assertThat(numbers(worker, migrated.keySet().toArray(String[]::new)).values())
          .containsOnly(1);
    }
    assertThat(migrated).hasSize(messages.length);
    assertThat(migrated.values().stream().mapToInt(times -> times).sum())
        .as("what was committed before is not done again")
        .isLessThan(messages.length + before);
  }

  @Test
  void migrationsFormAChain() {
    run(store("v1"), "a=1", "b=1");
    ValueMigration<Object, Object, Object> first = Versioned.migration("v1", "v2");
    ValueMigration<Object, Object, Object> second = Versioned.migration("v2", "v3");
    run(lazily("v2", List.of(first)), "b=2");
    StoreSpec third = lazily("v3", List.of(first, second));
    List<String> found = sent(third, "c=3", "a", "b", "c");
    assertThat(found).containsExactly("a=1>v2>v3", "b=2>v3", "c=3");
    loseState();
    assertThat(sent(third, "a", "b", "c")).isEqualTo(found);
    assertRefused(lazily("v3", List.of(second)))
        .hasMessageContaining("values of schema v1 (number 0)");
  }

  @Test
  void goingBackIsRefusedUnlessItIsDeclared() {
    run(store("v1"), "a=1", "b=1");
    run(lazily("v2", List.of(Versioned.migration("v1", "v2"))), "b=2");
    assertRefused(store("v1")).hasMessageContaining("values of schema v2 (number 1)");
    StoreSpec back = lazily("v1", List.of(Versioned.migration("v2", "v1")));
    assertThat(sent(back, "b", "c=3", "c")).containsExactly("b=2>v1", "c=3");
    setting.stores = List.of(back);
    try (Worker worker = setting.open("w")) {
      assertThat(numbers(worker, "c")).containsEntry("c", 0);
    }
  }

  @Test
  void aNewDirectoryLearnsTheSchemasFromTheJournalAndALaterOneGetsTheNextNumber() {
    List<ValueMigration<Object, Object, Object>> toSecond =
        List.of(Versioned.migration("v1", "v2"));
    run(store("v1"), "a=1");
    run(lazily("v2", toSecond), "b=2");
    loseState();
    setting.stores = List.of(store("v3", "v1"));
    assertRefused(setting.stores.get(0)).hasMessageContaining("v2 (number 1)");
    StoreSpec third = store(Versioned.serde("v3", "v1", "v2"), Migrations.NONE);
    run(third, "c=3");
    setting.stores = List.of(third);
    try (Worker worker = setting.open("w")) {
      assertThat(numbers(worker, "a", "b", "c")).containsEntry("b", 1).containsEntry("c", 2);
    }
  }

  @Test
  void schemasAreKnownThoughTheTailHasNoOpeningBlock() {
    run(store("v1"), "a=1");
    run(lazily("v2", List.of(Versioned.migration("v1", "v2"))), "b=2");
    List<?> journal = setting.memory.records("journal", 0);
    assertRefused(store("v1")).hasMessageContaining("v2 (number 1)");
    assertRefused(store("v3")).hasMessageContaining("v1 (number 0)");
    assertThat(setting.memory.records("journal", 0)).hasSameSizeAs(journal);
  }

  @Test
  void aDirectoryWhoseNoteOfTheSchemasIsGoneOrDamagedIsRebuiltFromTheJournal() throws IOException {
    Path note = setting.directory.resolve("job-1/main-0/opening");
    List<UnaryOperator<byte @Nullable []>> damages =
        List.of(
            bytes -> null,
            bytes -> new byte[0],
            bytes -> {
              byte[] damaged = Objects.requireNonNull(bytes).clone();
              damaged[damaged.length / 2] ^= 1;
              return damaged;
            });
    run(store("v1"), "a=1");
    StoreSpec second = store("v2", "v1");
    run(second, "b=2");
    for (UnaryOperator<byte @Nullable []> damage : damages) {
      byte[] damaged = damage.apply(Files.readAllBytes(note));
      if (damaged == null) {
        Files.delete(note);
      } else {
        Files.write(note, damaged);
      }
      assertThatThrownBy(() -> setting.open("w")).hasMessageStartingWith("TM-3003: ");
      assertThat(sent(second, "a", "b")).containsExactly("a=1", "b=2");
    }
  }

  @Test
  void aMigrationThatThrowsNamesItsValueAndLeavesIt() {
    run(store("v1"), "a=1");
    StoreSpec failing =
        eagerly(
            "v2",
            List.of(
                Versioned.migration(
                    "v1",
                    "v2",
                    key -> {
                      throw new IllegalStateException("no such currency");
                    })));
    setting.stores = List.of(failing);
    assertThatThrownBy(() -> setting.open("w"))
        .isInstanceOf(StateException.class)
        .hasMessageStartingWith("TM-3017: store store of task main-0: ")
        .hasMessageContaining("cannot migrate the value of key a")
        .hasMessageContaining("from schema v1 (number 0) to v2 (number 1)")
        .hasMessageContaining("no such currency");
    assertThat(sent(lazily("v2", List.of(Versioned.migration("v1", "v2"))), "a"))
        .containsExactly("a=1>v2");
  }
}
