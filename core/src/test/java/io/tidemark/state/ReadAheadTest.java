package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.KeyValueStore;
import io.tidemark.api.LongSerde;
import io.tidemark.api.Serde;
import io.tidemark.api.StringSerde;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadAheadTest {
  private static final int WINDOW = TaskState.MOST_EXPECTED;
  private static final int KEYS = 20_000;

  private final long seed = Long.getLong("tidemark.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final List<WatchedEngine> engines = new ArrayList<>();
  private long place;
  private final ExecutorService threads = Executors.newFixedThreadPool(2);

  @TempDir Path root;

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  private StateUnderTest open(long cacheBytes, LateApplier applier, CacheMode mode) {
    return open(cacheBytes, applier, new LongSerde(), mode);
  }

  private StateUnderTest open(
      long cacheBytes, LateApplier applier, Serde<?> values, CacheMode mode) {
    return new StateUnderTest(
        root,
        cacheBytes,
        List.of(StateUnderTest.spec("s", new StringSerde(), values, null, true, mode, 0)),
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

  /** Has the last records of a batch processed, with some keys, as a worker does. */
  private void process(StateUnderTest tested, Object[] keys, Consumer<String> record) {
    process(tested, keys, new Object[0], record);
  }

  /** Has records with some keys processed, after which others come, as a worker does. */
  private void process(
      StateUnderTest tested, Object[] keys, Object[] later, Consumer<String> record) {
    if (tested.state.isAskedByRecordKeys()) {
      Object[] known =
          tested.state.isLoadingAhead()
              ? Stream.concat(Arrays.stream(keys), Arrays.stream(later)).toArray()
              : keys;
      tested.state.expect(known, keys.length, place);
    }
    place += keys.length + (later.length == 0 ? 1 : 0);
    tested.state.sample(keys[0]);
    for (Object key : keys) {
      if (key instanceof String name) {
        record.accept(name);
      }
    }
  }

  /** As {@link #read}, of one long batch. */
  private void readOn(StateUnderTest tested, int windows) {
    Object[] keys = anyKeys();
    for (int i = 0; i < windows; i++) {
      Object[] later = anyKeys();
      process(
          tested,
          keys,
          later,
          key -> assertThat(store(tested).get(key)).isEqualTo(Long.parseLong(key.substring(3))));
      keys = later;
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
  void theKeysOfLaterRecordsAreReadBesideTheWorker() {
    try (LateApplier applier = new LateApplier();
        StateUnderTest tested = openFilled(100_000, applier)) {
      tested.readers = threads;
      readOn(tested, 2);
      AtomicInteger byWorker = new AtomicInteger();
      Thread worker = Thread.currentThread();
      engines.get(0).beforeGetAll =
          () -> byWorker.addAndGet(Thread.currentThread() == worker ? 1 : 0);
      int gets = engines.get(0).gets.get();
      readOn(tested, 100);
      assertThat(engines.get(0).gets.get() - gets)
          .as("seed %d: one by one, of %d", seed, 100 * WINDOW)
          .isLessThan(2 * WINDOW);
      assertThat(engines.get(0).gotTogether.get()).isGreaterThan(50 * WINDOW);
      assertThat(byWorker.get()).as("calls by the worker").isLessThanOrEqualTo(1);
    }
  }

  @Test
  void whatIsWrittenWhileItsKeyIsLoadedStays() {
    try (LateApplier applier = new LateApplier();
        StateUnderTest tested = openFilled(100_000, applier)) {
      readOn(tested, 3); // with readers that read at once
      Object[] keys = anyKeys();
      Object[] later = anyKeys();
      int together = engines.get(0).gotTogether.get();
      process(
          tested,
          keys,
          later,
          key -> {
            store(tested).get(key);
          });
      assertThat(engines.get(0).gotTogether.get()).isGreaterThan(together + WINDOW / 2);
      for (Object key : later) {
        store(tested).put((String) key, -1L);
      }
      tested.commit();
      tested.state.applyAll();
      tested.state.maintain();
      for (int i = 0; i < KEYS / 2; i++) {
        store(tested).get("key" + i); // takes the new values' places in the cache
      }
      process(tested, later, key -> assertThat(store(tested).get(key)).isEqualTo(-1L));
    }
  }

  @Test
  void largeValuesAreNotReadFarAhead() {
    try (LateApplier applier = new LateApplier()) {
      applier.open();
      try (StateUnderTest tested = open(100_000, applier, new StringSerde(), CacheMode.OBJECTS)) {
        KeyValueStore<String, String> store = tested.store("s");
        for (int i = 0; i < 1_000; i++) {
          store.put("key" + i, "v".repeat(900));
        }
        tested.commit();
        tested.state.applyAll();
        tested.state.maintain();
        WatchedEngine engine = engines.get(0);
        List<Integer> reads = new ArrayList<>();
        tested.readers =
            read -> {
              int before = engine.gotTogether.get();
              read.run();
              reads.add(engine.gotTogether.get() - before);
            };
        for (int i = 0; i < 50; i++) {
          Object[] keys = IntStream.range(0, WINDOW).mapToObj(k -> anyOf(1_000)).toArray();
          Object[] later = IntStream.range(0, WINDOW).mapToObj(k -> anyOf(1_000)).toArray();
          process(tested, keys, later, store::get);
        }
        assertThat(reads).isNotEmpty().allMatch(keys -> keys <= 25); // of 1 KB, in 25 KB
      }
    }
  }

  private String anyOf(int keys) {
    return "key" + random.nextInt(keys);
  }

  @Test
  void aTaskThatClosesWaitsForWhatIsBeingLoaded() {
    try (LateApplier applier = new LateApplier();
        StateUnderTest tested = openFilled(100_000, applier)) {
      tested.readers = threads;
      engines.get(0).beforeGetAll = () -> LockSupport.parkNanos(1_000_000);
      readOn(tested, 10);
    }
    assertThat(engines.get(0).readAfterClose).isFalse();
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
      assertThat(engines.get(0).gotTogether.get() - loaded).isLessThanOrEqualTo(6 * WINDOW);
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
  void whatCannotBeLoadedBesideTheWorkerIsReadWhenItsRecordComes() {
    try (LateApplier applier = new LateApplier();
        StateUnderTest tested = openFilled(100_000, applier)) {
      tested.readers = threads;
      readOn(tested, 3);
      Thread worker = Thread.currentThread();
      AtomicInteger failed = new AtomicInteger();
      engines.get(0).beforeGetAll =
          () -> {
            if (Thread.currentThread() != worker) {
              failed.incrementAndGet();
              throw new IllegalStateException("no luck");
            }
          };
      readOn(tested, 10);
      assertThat(failed.get()).isPositive();
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
    readAndWriteAtRandom(Runnable::run);
  }

  @Test
  void readsGiveWhatWasWrittenLastWhateverOtherThreadsLoad() {
    readAndWriteAtRandom(threads);
  }

  private void readAndWriteAtRandom(Executor readers) {
    try (LateApplier applier = new LateApplier();
        StateUnderTest tested = openFilled(150_000, applier)) {
      tested.readers = readers;
      Map<String, Long> model = new HashMap<>();
      for (int i = 0; i < KEYS; i++) {
        model.put("key" + i, (long) i);
      }
      Object[] window = someKeys();
      for (long step = 0; step < 1_000; step++) {
        Object[] later = random.nextInt(10) == 0 ? new Object[0] : someKeys();
        long now = step;
        process(tested, window, later, key -> readAndWrite(tested, model, key, now));
        if (random.nextInt(5) == 0) {
          tested.commit();
          tested.state.maintain();
        }
        if (random.nextInt(20) == 0) {
          tested.state.applyAll();
        }
        window = later.length == 0 ? someKeys() : later;
      }
      assertThat(engines.get(0).gotTogether.get()).isGreaterThan(1_000);
    }
  }

  private Object[] someKeys() {
    Object[] keys = new Object[1 + random.nextInt(WINDOW)];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = "key" + random.nextInt(5_000);
    }
    return keys;
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
