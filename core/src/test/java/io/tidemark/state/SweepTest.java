package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.KeyValueStore;
import io.tidemark.api.LongSerde;
import io.tidemark.api.Serde;
import io.tidemark.api.StringSerde;
import io.tidemark.api.ValueMigration;
import io.tidemark.journal.StoreIdentity;
import io.tidemark.state.TaskState.HoldingLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class SweepTest {
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

  private static final HoldingLimits AT_ONCE = new HoldingLimits(1, Long.MAX_VALUE, Long.MAX_VALUE);

  @TempDir Path root;

  private final LateApplier late = new LateApplier();
  private WatchedEngine engine;

  @AfterEach
  void close() {
    late.close();
  }

  /** A text is what a long was, in words. */
  private static final class InWords implements ValueMigration<Object, Object, Object> {
    @Override
    @SuppressWarnings("unchecked") // the store's values were longs
    public Serde<Object> from() {
      return (Serde<Object>) (Serde<?>) new LongSerde();
    }

    @Override
    public Object migrate(Object key, Object old) {
      return "it was " + old;
    }
  }

  private StateUnderTest open(StoreSpec spec, Executor applier) {
    return new StateUnderTest(
        root,
        1 << 30,
        List.of(spec),
        AT_ONCE,
        applier,
        opened -> {
          engine = new WatchedEngine(opened);
          return engine;
        });
  }

  @SuppressWarnings("unchecked") // as a container does
  private static StoreSpec texts(CacheMode cache) {
    return new StoreSpec(
        "s",
        "memory",
        (Serde<Object>) (Serde<?>) new StringSerde(),
        (Serde<Object>) (Serde<?>) new StringSerde(),
        null,
        true,
        cache,
        0,
        1000,
        new Migrations(List.of(new InWords()), false),
        Map.of());
  }

  private static StoreIdentity identity(StoreSpec spec, String... schemas) {
    StoreIdentity now = StoreIdentities.of(spec);
    return new StoreIdentity(
        now.name(),
        now.format(),
        now.keySchema(),
        now.scope(),
        now.partitioningKey(),
        List.of(schemas));
  }

  /** The engine catches up while the sweep is at work, and has what is newer than its scan. */
  @ParameterizedTest
  @EnumSource
  void anEntryWrittenAgainIsNotMigratedThoughTheScanShowsItsFormerValue(CacheMode cache) {
    StoreSpec spec = texts(cache);
    try (StateUnderTest tested = open(spec, late)) {
      tested.state.remember(List.of(identity(spec, "string", "long")));
      KeyValueStore<String, String> store = tested.store("s");
      store.put("key", "12345678"); // eight bytes, as a long has
      tested.commit();
      applyAll(tested);
      tested.state.remember(List.of(identity(spec, "long", "string")));
      store.put("key", "new");
      tested.commit();
      tested.state.maintain();

      engine.afterScan = late::runWaiting;
      tested.state.sweep();
      engine.afterScan = () -> {};

      tested.commit();
      applyAll(tested);
      assertThat(store.get("key")).isEqualTo("new");
    }
  }

  @Test
  void aMigratedEntryKeepsItsTimeToLive() {
    StoreSpec spec = texts(CacheMode.OFF);
    try (StateUnderTest tested = open(spec, Runnable::run)) {
      tested.state.remember(List.of(identity(spec, "string", "long")));
      KeyValueStore<String, String> store = tested.store("s");
      store.put("key", "\0\0\0\0\0\0\0\7", TEN_SECONDS);
      tested.commit();
      applyAll(tested);
      tested.state.remember(List.of(identity(spec, "long", "string")));
      assertThat(store.get("key")).isEqualTo("it was 7");

      tested.state.sweep();
      assertThat(tested.state.isDirty()).isTrue();
      tested.commit();
      applyAll(tested);

      assertThat(store.get("key")).isEqualTo("it was 7");
      tested.nowMs += 10_000;
      assertThat(store.get("key")).isNull();
    }
  }

  private void applyAll(StateUnderTest tested) {
    tested.state.maintain();
    late.runWaiting();
  }
}
