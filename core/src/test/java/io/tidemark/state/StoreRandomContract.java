package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Entry;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueSnapshot;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.ReadOnlyKeyValueStore;
import io.tidemark.api.Serde;
import io.tidemark.api.StringSerde;
import io.tidemark.journal.Block;
import io.tidemark.state.TaskState.HoldingLimits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Stores against a sorted map, through commits, evictions, undone records, late engines, crashes
 * and clocks that are set back: on whatever engine, with every cache and kind of keys. A failure
 * prints the seed, and how to repeat it.
 */
public abstract class StoreRandomContract extends StoresOfEveryKind {
  private static final int STEPS = 250;
  private static final int LONG_STEPS =
      (Boolean.getBoolean("tidemark.slow.short") ? 3 : 50) * STEPS;
  private static final long TTL_MS = 5_000;
  private static final HoldingLimits WHEN_TIME_HAS_PASSED =
      new HoldingLimits(Long.MAX_VALUE, 1000, Long.MAX_VALUE);

  private final long seed = Long.getLong("tidemark.seed", System.nanoTime());

  static Stream<KeyKind<?>> kinds() {
    return Stream.concat(KeyKind.SERDES.stream(), KeyKind.PARTITIONED.stream());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  <K> void a_store_is_what_a_sorted_map_would_be(KeyKind<K> kind) {
    Random choice = new Random(seed);
    cachings().forEach(caching -> run(caching, kind, choice.nextBoolean() ? TTL_MS : 0, STEPS));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Tag("slow")
  <K> void a_store_is_what_a_sorted_map_would_be_for_long(KeyKind<K> kind) {
    cachings()
        .forEach(
            caching -> {
              run(caching, kind, 0, LONG_STEPS);
              run(caching, kind, TTL_MS, LONG_STEPS);
            });
  }

  private <K> void run(Caching caching, KeyKind<K> kind, long ttlMs, int steps) {
    String name = kind + "-" + caching.mode() + "-" + caching.bytes() + "-" + ttlMs;
    Run<K> run = new Run<>(kind, ttlMs, new Random(seed), () -> engineEntries(0));
    int step = 0;
    try (LateApplier applier = new LateApplier();
        run) {
      run.begin(
          applier,
          new StateUnderTest(
              new StateUnderTest.Opening(
                  root.resolve(name),
                  caching.bytes(),
                  List.of(spec(kind, caching.mode(), ttlMs)),
                  SLOTS,
                  WHEN_TIME_HAS_PASSED,
                  applier,
                  watchedFactory())));
      for (; step < steps; step++) {
        run.step();
      }
      run.finish();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          String.format(
              "%s, step %d. Repeat with: ./mvnw test -Dtest=%s -Dtidemark.seed=%d"
                  + " -Dsurefire.failIfNoSpecifiedTests=false",
              name, step, getClass().getName().replaceAll(".*\\.|[$].*", ""), seed),
          e);
    }
  }

  /** What the model knows of a key. */
  private record Value(String text, long expires) {}

  /** A snapshot and what it must show. */
  private record Taken<K>(KeyValueSnapshot<K, String> snapshot, TreeMap<byte[], Value> model) {}

  /** A block whose commit is under way, and what the store holds with it. */
  private record UnderWay(Block block, TreeMap<byte[], Value> model) {}

  /** One row of random steps. */
  private static final class Run<K> implements AutoCloseable {
    private final LongSupplier engineEntries;
    private final String name;
    private final long ttlMs;
    private final Serde<K> serde;
    private final Random random;
    private final List<byte[]> keys = new ArrayList<>();
    private final ArrayDeque<UnderWay> underWay = new ArrayDeque<>();
    private final List<Taken<K>> snapshots = new ArrayList<>();
    private LateApplier applier;
    private StateUnderTest tested;
    private KeyValueStore<K, String> store;
    private TreeMap<byte[], Value> model = new TreeMap<>(Arrays::compareUnsigned);
    private TreeMap<byte[], Value> committed = new TreeMap<>(Arrays::compareUnsigned);
    private long committedMs;
    private long latestMs;
    private int writes;

    Run(KeyKind<K> kind, long ttlMs, Random random, LongSupplier engineEntries) {
      this.engineEntries = engineEntries;
      this.name = kind.name();
      this.ttlMs = ttlMs;
      this.serde = kind.serde();
      this.random = random;
      for (int i = 0; i < 60; i++) {
        keys.add(serde.toBytes(kind.random().apply(random)));
      }
    }

    void begin(LateApplier late, StateUnderTest opened) {
      applier = late;
      use(opened);
    }

    private void use(StateUnderTest opened) {
      tested = opened;
      store = opened.store(name);
    }

    @Override
    public void close() {
      applier.open();
      tested.close();
    }

    /** The task's time, which never goes back. */
    private long now() {
      latestMs = Math.max(latestMs, tested.nowMs);
      return latestMs;
    }

    private K keyOf(byte[] bytes) {
      return serde.fromBytes(bytes);
    }

    void step() {
      switch (random.nextInt(25)) {
        case 0, 1 -> build();
        case 2, 3 -> confirm();
        case 4 -> startApplying();
        case 5 -> applier.runWaiting();
        case 6, 7 -> failingRecord();
        case 8 -> iteratorStaysAsItWas();
        case 9 -> checkRange(iterateSomething(store, live(model)));
        case 10 -> getAll(store, live(model));
        case 11 -> tested.nowMs += random.nextInt(2_000);
        case 12 -> snapshot();
        case 13, 14, 15 -> checkGet(key());
        case 16 -> rareThings();
        default -> write();
      }
    }

    private void rareThings() {
      switch (random.nextInt(8)) {
        case 0 -> crash();
        case 1 -> {
          build(); // which has the time
          tested.nowMs -= random.nextInt(4_000);
        }
        case 2 -> {
          applier.open();
          tested.state.drain();
          applier.hold();
        }
        default -> tested.state.closeIterators();
      }
    }

    /** What is not committed is gone, and what the engine has not applied is replayed. */
    private void crash() {
      applier.open();
      snapshots.clear();
      underWay.clear();
      model = new TreeMap<>(committed);
      use(tested.crash());
      latestMs = committedMs;
      applier.hold();
      checkAll();
    }

    void finish() {
      checkAll();
      build();
      while (!underWay.isEmpty()) {
        confirm();
      }
      applier.open();
      tested.state.drain();
      checkAll();
      keys.forEach(this::checkGet);
      snapshots.forEach(this::checkSnapshot);
      snapshots.forEach(taken -> taken.snapshot.close());
      giveSpaceBack();
      StateCopy replayed = StateCopy.empty();
      tested.blocks.forEach(replayed::apply);
      Map<K, String> entries = replayed.entries(name, serde, new StringSerde());
      TreeMap<byte[], String> found = new TreeMap<>(Arrays::compareUnsigned);
      entries.forEach((key, value) -> found.put(serde.toBytes(key), value));
      assertThat(found).as("what the blocks say").isEqualTo(live(model));
      tested.blocks.forEach(Run::assertOneChangeAKey);
    }

    /** What has expired is removed by commits, in the end. */
    private void giveSpaceBack() {
      long deadline = System.nanoTime() + 20_000_000_000L;
      do {
        tested.state.sweep();
        if (tested.state.isDirty()) {
          tested.commit();
          tested.state.drain();
        }
      } while (engineEntries.getAsLong() > live(model).size() && System.nanoTime() < deadline);
      assertThat(engineEntries.getAsLong()).isEqualTo(live(model).size());
    }

    private static void assertOneChangeAKey(Block block) {
      block
          .stores()
          .forEach(
              changes -> {
                List<KeyOrder.Bytes> changed = new ArrayList<>();
                for (var cursor = changes.cursor(); cursor.next(); ) {
                  int from = cursor.keyOffset();
                  changed.add(
                      new KeyOrder.Bytes(
                          Arrays.copyOfRange(cursor.array(), from, from + cursor.keyLength())));
                }
                assertThat(changed).doesNotHaveDuplicates().hasSize(changes.count());
              });
    }

    private TreeMap<byte[], String> live(TreeMap<byte[], Value> all) {
      TreeMap<byte[], String> live = new TreeMap<>(Arrays::compareUnsigned);
      all.forEach(
          (key, value) -> {
            if (value.expires > now()) {
              live.put(key, value.text);
            }
          });
      return live;
    }

    private @Nullable String live(byte[] key) {
      Value value = model.get(key);
      return value == null || value.expires <= now() ? null : value.text;
    }

    private byte[] key() {
      return keys.get(random.nextInt(keys.size()));
    }

    private void build() {
      tested.state.sweep();
      now();
      underWay.add(new UnderWay(tested.build(), new TreeMap<>(model)));
    }

    private void write() {
      byte[] key = key();
      switch (random.nextInt(9)) {
        case 0 -> {
          store.delete(keyOf(key));
          model.remove(key);
        }
        case 1 -> {
          List<Entry<K, String>> entries = new ArrayList<>();
          for (int i = random.nextInt(4); i > 0; i--) {
            byte[] one = key();
            String value = value();
            entries.add(new Entry<>(keyOf(one), value));
            set(one, value);
          }
          store.putAll(entries);
        }
        case 2 -> {
          byte[] other = key();
          store.deleteAll(List.of(keyOf(key), keyOf(other)));
          model.remove(key);
          model.remove(other);
        }
        case 3 -> {
          String value = value();
          assertThat(store.putIfAbsent(keyOf(key), value)).isEqualTo(live(key));
          if (live(key) == null) {
            set(key, value);
          }
        }
        case 4 -> compute(key);
        case 5 -> {
          String before = live(key);
          String expected = before == null ? "m" : before.substring(0, before.length() / 2) + "m";
          assertThat(
                  store.merge(
                      keyOf(key), "m", (old, more) -> old.substring(0, old.length() / 2) + more))
              .isEqualTo(expected);
          set(key, expected);
        }
        case 6 -> {
          String value = value();
          long lives = 1 + random.nextInt(4_000);
          store.put(keyOf(key), value, Duration.ofMillis(lives).minusNanos(1));
          model.put(key, new Value(value, now() + lives));
        }
        default -> {
          String value = value();
          store.put(keyOf(key), value);
          set(key, value);
        }
      }
    }

    private void compute(byte[] key) {
      String before = live(key);
      String after = random.nextInt(3) == 0 ? null : value();
      byte[] other = key();
      store.compute(
          keyOf(key),
          old -> {
            assertThat(old).isEqualTo(before);
            if (random.nextInt(4) == 0) {
              checkGet(other); // may take the entry's place in the cache
            }
            return after;
          });
      if (after != null) {
        set(key, after);
      } else if (before != null) {
        model.remove(key);
      }
    }

    private void set(byte[] key, String value) {
      model.put(key, new Value(value, ttlMs == 0 ? StoredValue.NEVER : now() + ttlMs));
    }

    private String value() {
      return (writes++) + "-".repeat(random.nextInt(30));
    }

    private void failingRecord() {
      TreeMap<byte[], Value> before = new TreeMap<>(model);
      tested.state.makeUndoable();
      for (int i = random.nextInt(6); i > 0; i--) {
        write();
        checkGet(key());
        if (random.nextInt(4) == 0) {
          checkRange(iterateSomething(store, live(model)));
        }
      }
      if (random.nextBoolean()) {
        tested.state.undo();
        model = before;
      } else {
        tested.state.keep();
      }
      tested.state.closeIterators();
    }

    private void snapshot() {
      if (snapshots.size() < 3) {
        snapshots.add(new Taken<>(store.snapshot(), new TreeMap<>(model)));
        return;
      }
      Taken<K> taken = snapshots.get(random.nextInt(snapshots.size()));
      checkSnapshot(taken);
      if (random.nextInt(3) == 0) {
        taken.snapshot.close();
        snapshots.remove(taken);
      }
    }

    private void checkSnapshot(Taken<K> taken) {
      TreeMap<byte[], String> expected = live(taken.model);
      byte[] key = key();
      assertThat(taken.snapshot.get(keyOf(key))).isEqualTo(expected.get(key));
      checkRange(iterateSomething(taken.snapshot, expected));
      checkRange(new Iterated<>(taken.snapshot.all(), expected));
      getAll(taken.snapshot, expected);
    }

    private void iteratorStaysAsItWas() {
      boolean forward = random.nextBoolean();
      TreeMap<byte[], String> before = live(model);
      try (KeyValueIterator<K, String> all = forward ? store.all() : store.reverseAll()) {
        NavigableMap<byte[], String> inOrder = forward ? before : before.descendingMap();
        for (Map.Entry<byte[], String> entry : inOrder.entrySet()) {
          if (random.nextInt(3) == 0) {
            write();
          }
          if (random.nextInt(20) == 0) {
            applier.runWaiting();
          }
          if (random.nextInt(20) == 0) {
            tested.nowMs += 100;
          }
          assertThat(all.hasNext()).isTrue();
          Entry<K, String> found = all.next();
          assertThat(serde.toBytes(found.key())).isEqualTo(entry.getKey());
          assertThat(found.value()).isEqualTo(entry.getValue());
        }
        assertThat(all.hasNext()).isFalse();
      }
    }

    private record Iterated<K>(
        KeyValueIterator<K, String> iterator, NavigableMap<byte[], String> expected) {}

    private Iterated<K> iterateSomething(
        ReadOnlyKeyValueStore<K, String> view, TreeMap<byte[], String> expected) {
      if (random.nextInt(3) == 0) {
        byte[] prefix = Arrays.copyOf(key(), random.nextInt(3));
        TreeMap<byte[], String> found = new TreeMap<>(expected);
        found.keySet().removeIf(key -> !startsWith(key, prefix));
        return new Iterated<>(view.prefix(prefix), found);
      }
      List<byte[]> ends = new ArrayList<>(List.of(key(), key()));
      Collections.sort(ends, Arrays::compareUnsigned);
      K from = keyOf(ends.get(0));
      K to = keyOf(ends.get(1));
      NavigableMap<byte[], String> range = new TreeMap<>(expected.subMap(ends.get(0), ends.get(1)));
      return random.nextBoolean()
          ? new Iterated<>(view.range(from, to), range)
          : new Iterated<>(view.reverseRange(from, to), range.descendingMap());
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
      return key.length >= prefix.length
          && Arrays.equals(Arrays.copyOf(key, prefix.length), prefix);
    }

    private void checkAll() {
      checkRange(new Iterated<>(store.all(), live(model)));
      checkRange(new Iterated<>(store.reverseAll(), live(model).descendingMap()));
    }

    private void checkRange(Iterated<K> iterated) {
      List<String> found = new ArrayList<>();
      try (KeyValueIterator<K, String> entries = iterated.iterator) {
        entries.forEachRemaining(
            entry -> found.add(Arrays.toString(serde.toBytes(entry.key())) + entry.value()));
      }
      List<String> expected = new ArrayList<>();
      iterated.expected.forEach((key, value) -> expected.add(Arrays.toString(key) + value));
      assertThat(found).isEqualTo(expected);
    }

    private void checkGet(byte[] key) {
      assertThat(store.get(keyOf(key))).isEqualTo(live(key));
    }

    private void getAll(ReadOnlyKeyValueStore<K, String> view, TreeMap<byte[], String> expected) {
      List<K> wanted = new ArrayList<>();
      TreeMap<byte[], String> there = new TreeMap<>(Arrays::compareUnsigned);
      for (int i = 0; i < 5; i++) {
        byte[] key = key();
        if (wanted.stream().noneMatch(other -> Arrays.equals(serde.toBytes(other), key))) {
          wanted.add(keyOf(key));
          if (expected.containsKey(key)) {
            there.put(key, expected.get(key));
          }
        }
      }
      TreeMap<byte[], String> found = new TreeMap<>(Arrays::compareUnsigned);
      view.getAll(wanted).forEach((key, value) -> found.put(serde.toBytes(key), value));
      assertThat(found).isEqualTo(there);
    }

    private void confirm() {
      UnderWay first = underWay.poll();
      if (first != null) {
        tested.confirm(first.block);
        committed = first.model;
        committedMs = first.block.timeMs();
      }
    }

    /** Does nothing while an earlier one has not ended. */
    private void startApplying() {
      tested.nowMs += 1000;
      if (tested.cache.excess() > 0) {
        applier.runWaiting(); // the worker would wait for it
      }
      tested.state.maintain();
    }
  }
}
