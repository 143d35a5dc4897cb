package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.KeyValueStore;
import io.tidemark.api.LongSerde;
import io.tidemark.api.StringSerde;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadAheadTest {
  private static final int WINDOW = TaskState.MOST_EXPECTED;
  private static final int KEYS = 20_000;

  private final long seed = Long.getLong("tidemark.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final List<WatchedEngine> engines = new ArrayList<>();

  @TempDir Path root;

  private StateUnderTest open(long cacheBytes, LateApplier applier, CacheMode mode) {
    return new StateUnderTest(
        root,
        cacheBytes,
        List.of(StateUnderTest.spec("s", new StringSerde(), new LongSerde(), null, true, mode, 0)),
        StateUnderTest.NEVER_BY_ITSELF,
        applier,
        engine -> {
          engines.add(new WatchedEngine(engine));
          return engines.get(engines.size() - 1);
        });
  }

  private StateUnderTest openFilled(long cacheBytes, LateApplier applier) {
    applier.open();
    StateUnderTest tested = open(cacheBytes, applier, CacheMode.OBJECTS);
    for (int i = 0; i < KEYS; i++) {
      store(tested).put("key" + i, (long) i);
    }
    tested.commit();
    tested.state.applyAll();
    tested.state.maintain();
    for (int i = 0; i < KEYS; i++) {
      store(tested).get("key" + i);
    }
    engines.get(0).gets.set(0);
    return tested;
  }

  private static KeyValueStore<String, Long> store(StateUnderTest tested) {
    return tested.store("s");
  }

  private Object[] anyKeys() {
    Object[] keys = new Object[WINDOW];
    for (int i = 0; i < WINDOW; i++) {
      keys[i] = "key" + random.nextInt(KEYS);
    }
    return keys;
  }

  /** Has records with some keys processed, as a worker does. */
  private static void process(StateUnderTest tested, Object[] keys, Consumer<String> record) {
    if (tested.state.isAskedByRecordKeys()) {
      tested.state.expect(keys, keys.length);
    }
    tested.state.sample(keys[0]);
    for (Object key : keys) {
      if (key instanceof String name) {
        record.accept(name);
      }
    }
  }

  private void read(StateUnderTest tested, int windows) {
    for (int i = 0; i < windows; i++) {
      process(tested, anyKeys(), key -> store(tested).get(key));
    }
  }

  @Test
  void onceManyAreMissingTheKeysOfRecordsAreReadTogether() {
    try (LateApplier applier = new LateApplier();
        StateUnderTest tested = openFilled(100_000, applier)) {
      read(tested, 2);
      int gets = engines.get(0).gets.get();
      read(tested, 100);
      assertThat(engines.get(0).gets.get() - gets)
          .as("seed %d: one by one, of %d", seed, 100 * WINDOW)
          .isLessThan(WINDOW);
      assertThat(engines.get(0).gotTogether.get()).isGreaterThan(50 * WINDOW);
    }
  }

  @Test
  void whileAllFitsIntoTheCacheNothingIsRead() {
    try (LateApplier applier = new LateApplier();
        StateUnderTest tested = openFilled(100_000_000, applier)) {
      read(tested, 100);
      assertThat(engines.get(0).gets.get() + engines.get(0).gotTogether.get()).isZero();
    }
  }

  @Test
  void aStoreThatIsOnlyWrittenIsNotRead() {
    try (LateApplier applier = new LateApplier();
        StateUnderTest tested = openFilled(100_000, applier)) {
      for (int i = 0; i < 100; i++) {
        process(tested, anyKeys(), key -> store(tested).put(key, 1L));
      }
      assertThat(engines.get(0).gets.get() + engines.get(0).gotTogether.get()).isZero();
    }
  }

  @Test
  void aStoreWithoutACacheLoadsNothingAhead() {
    try (LateApplier applier = new LateApplier()) {
      applier.open();
      try (StateUnderTest tested = open(100_000, applier, CacheMode.OFF)) {
        read(tested, 100);
        assertThat(engines.get(0).gotTogether.get()).isZero();
      }
    }
  }

  @Test
  void loadingEndsWhenWhatWasLoadedIsNotRead() {
    try (LateApplier applier = new LateApplier();
        StateUnderTest tested = openFilled(100_000, applier)) {
      read(tested, 3);
      int loaded = engines.get(0).gotTogether.get();
      assertThat(loaded).isPositive();
      for (int i = 0; i < 200; i++) {
        Object[] keys = anyKeys();
        process(
            tested,
            keys,
            key -> {
              if (key == keys[0]) {
                store(tested).get(key);
              }
            });
      }
      assertThat(engines.get(0).gotTogether.get() - loaded).isLessThanOrEqualTo(2 * WINDOW);
    }
  }

  @Test
  void whatCannotBeLoadedIsReadWhenItsRecordComes() {
    try (LateApplier applier = new LateApplier();
        StateUnderTest tested = openFilled(100_000, applier)) {
      read(tested, 3);
      engines.get(0).beforeGetAll =
          () -> {
            throw new IllegalStateException("no luck");
          };
      for (int i = 0; i < 10; i++) {
        process(
            tested,
            anyKeys(),
            key -> assertThat(store(tested).get(key)).isEqualTo(Long.parseLong(key.substring(3))));
      }
    }
  }

  @Test
  void keysOfAnotherTypeAndRecordsWithoutOneDoNoHarm() {
    try (LateApplier applier = new LateApplier();
        StateUnderTest tested = openFilled(100_000, applier)) {
      read(tested, 3);
      for (int i = 0; i < 10; i++) {
        Object[] keys = anyKeys();
        keys[5] = i % 2 == 0 ? null : 17L;
        process(tested, keys, key -> assertThat(store(tested).get(key)).isNotNull());
      }
    }
  }

  @Test
  void readsGiveWhatWasWrittenLastWhateverIsLoadedAhead() {
    try (LateApplier applier = new LateApplier();
        StateUnderTest tested = openFilled(150_000, applier)) {
      Map<String, Long> model = new HashMap<>();
      for (int i = 0; i < KEYS; i++) {
        model.put("key" + i, (long) i);
      }
      int keys = 5_000;
      for (long step = 0; step < 1_000; step++) {
        Object[] window = new Object[1 + random.nextInt(WINDOW)];
        for (int i = 0; i < window.length; i++) {
          window[i] = "key" + random.nextInt(keys);
        }
        long now = step;
        process(tested, window, key -> readAndWrite(tested, model, key, now));
        if (random.nextInt(5) == 0) {
          tested.commit();
          tested.state.maintain();
        }
        if (random.nextInt(20) == 0) {
          tested.state.applyAll();
        }
      }
      assertThat(engines.get(0).gotTogether.get()).isGreaterThan(1_000);
    }
  }

  private void readAndWrite(StateUnderTest tested, Map<String, Long> model, String key, long step) {
    KeyValueStore<String, Long> store = store(tested);
    boolean undone = random.nextInt(10) == 0;
    if (undone) {
      tested.state.makeUndoable();
    }
    assertThat(store.get(key))
        .as("seed %d, step %d, %s", seed, step, key)
        .isEqualTo(model.get(key));
    Long value = random.nextInt(4) == 0 ? null : random.nextLong();
    if (value == null) {
      store.delete(key);
    } else {
      store.put(key, value);
    }
    if (undone) {
      tested.state.undo();
    } else {
      model.put(key, value);
    }
  }
}
