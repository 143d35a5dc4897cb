package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.BytesSerde;
import io.tidemark.api.Entry;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueSnapshot;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.PartitioningKey;
import io.tidemark.api.ReadOnlyKeyValueStore;
import io.tidemark.api.Serde;
import io.tidemark.api.StringSerde;
import io.tidemark.journal.Block;
import io.tidemark.state.TaskState.HoldingLimits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores against a sorted map, through commits, evictions, undone records and late engines. */
class TaskStorePropertyTest {
  private static final int STEPS = 800;
  private static final HoldingLimits WHEN_TIME_HAS_PASSED =
      new HoldingLimits(Long.MAX_VALUE, 1000, Long.MAX_VALUE);

  private final long seed = Long.getLong("tidemark.seed", System.nanoTime());

  @TempDir Path root;

  @Test
  void keysAsValues() {
    inEveryCache("values", new StringSerde(), TaskStorePropertyTest::text, null, true);
  }

  @Test
  void keysAsBytes() {
    inEveryCache("bytes", new BytesSerde(), bytes -> bytes, null, true);
  }

  @Test
  void keysThatMoveWithTheirTask() {
    inEveryCache("task", new StringSerde(), TaskStorePropertyTest::text, null, false);
  }

  @Test
  void keysWithAPartitioningKey() {
    PartitioningKey<byte[]> lastByte =
        (key, bytes) -> bytes.length == 0 ? bytes : new byte[] {bytes[bytes.length - 1]};
    inEveryCache("last", new BytesSerde(), bytes -> bytes, lastByte, true);
  }

  @Test
  void keysWhosePrefixIsThePartitioningKey() {
    PartitioningKey<byte[]> firstByte =
        new PartitioningKey<>() {
          @Override
          public byte[] of(byte[] key, byte[] bytes) {
            return Arrays.copyOf(bytes, Math.min(1, bytes.length));
          }

          @Override
          public byte @Nullable [] ofPrefix(byte[] prefix) {
            return prefix.length == 0 ? null : Arrays.copyOf(prefix, 1);
          }
        };
    inEveryCache("first", new BytesSerde(), bytes -> bytes, firstByte, true);
  }

  private <K> void inEveryCache(
      String name,
      Serde<K> serde,
      Function<byte[], K> keyOf,
      @Nullable PartitioningKey<K> partitioningKey,
      boolean splittable) {
    for (CacheMode mode : CacheMode.values()) {
      for (long cacheBytes : new long[] {0, 5_000, 1 << 30}) {
        for (long ttlMs : new long[] {0, 5_000}) {
          StoreSpec spec =
              StateUnderTest.spec(
                  "s", serde, new StringSerde(), partitioningKey, splittable, mode, ttlMs);
          run(name + "-" + mode + "-" + cacheBytes + "-" + ttlMs, cacheBytes, spec, serde, keyOf);
        }
      }
    }
  }

  private <K> void run(
      String name, long cacheBytes, StoreSpec spec, Serde<K> serde, Function<byte[], K> keyOf) {
    try (LateApplier applier = new LateApplier();
        StateUnderTest tested =
            new StateUnderTest(
                root.resolve(name), cacheBytes, List.of(spec), WHEN_TIME_HAS_PASSED, applier)) {
      Run<K> run = new Run<>(tested, applier, spec.ttlMs(), serde, keyOf, new Random(seed));
      int step = 0;
      try {
        for (; step < STEPS; step++) {
          run.step();
        }
        run.finish();
      } catch (AssertionError | RuntimeException e) {
        applier.open();
        throw new AssertionError(name + ", seed " + seed + ", step " + step, e);
      }
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  /** What the model knows of a key. */
  private record Value(String text, long expires) {}

  /** A snapshot and what it must show. */
  private record Taken<K>(KeyValueSnapshot<K, String> snapshot, TreeMap<byte[], Value> model) {}

  /** One row of random steps. */
  private static final class Run<K> {
    private final StateUnderTest tested;
    private final LateApplier applier;
    private final long ttlMs;
    private final KeyValueStore<K, String> store;
    private final Serde<K> serde;
    private final List<byte[]> keys = new ArrayList<>();
    private final Function<byte[], K> keyOf;
    private final Random random;
    private final ArrayDeque<Block> underWay = new ArrayDeque<>();
    private final List<Taken<K>> snapshots = new ArrayList<>();
    private TreeMap<byte[], Value> model = new TreeMap<>(Arrays::compareUnsigned);
    private int writes;

    Run(
        StateUnderTest tested,
        LateApplier applier,
        long ttlMs,
        Serde<K> serde,
        Function<byte[], K> keyOf,
        Random random) {
      this.tested = tested;
      this.applier = applier;
      this.ttlMs = ttlMs;
      this.store = tested.store("s");
      this.serde = serde;
      this.keyOf = keyOf;
      this.random = random;
      for (int i = 0; i < 60; i++) {
        byte[] key = new byte[random.nextInt(4)];
        for (int j = 0; j < key.length; j++) {
          key[j] = (byte) (random.nextInt(3) == 0 ? 0 : random.nextInt(128));
        }
        keys.add(key);
      }
    }

    void step() {
      switch (random.nextInt(24)) {
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
        default -> write();
      }
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
      Map<K, String> entries = replayed.entries("s", serde, new StringSerde());
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
      } while (tested.engineEntries("s") > live(model).size() && System.nanoTime() < deadline);
      assertThat(tested.engineEntries("s")).isEqualTo(live(model).size());
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
            if (value.expires > tested.nowMs) {
              live.put(key, value.text);
            }
          });
      return live;
    }

    private @Nullable String live(byte[] key) {
      Value value = model.get(key);
      return value == null || value.expires <= tested.nowMs ? null : value.text;
    }

    private byte[] key() {
      return keys.get(random.nextInt(keys.size()));
    }

    private void build() {
      tested.state.sweep();
      underWay.add(tested.build());
    }

    private void write() {
      byte[] key = key();
      switch (random.nextInt(9)) {
        case 0 -> {
          store.delete(keyOf.apply(key));
          model.remove(key);
        }
        case 1 -> {
          List<Entry<K, String>> entries = new ArrayList<>();
          for (int i = random.nextInt(4); i > 0; i--) {
            byte[] one = key();
            String value = value();
            entries.add(new Entry<>(keyOf.apply(one), value));
            set(one, value);
          }
          store.putAll(entries);
        }
        case 2 -> {
          byte[] other = key();
          store.deleteAll(List.of(keyOf.apply(key), keyOf.apply(other)));
          model.remove(key);
          model.remove(other);
        }
        case 3 -> {
          String value = value();
          assertThat(store.putIfAbsent(keyOf.apply(key), value)).isEqualTo(live(key));
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
                      keyOf.apply(key),
                      "m",
                      (old, more) -> old.substring(0, old.length() / 2) + more))
              .isEqualTo(expected);
          set(key, expected);
        }
        case 6 -> {
          String value = value();
          long lives = 1 + random.nextInt(4_000);
          store.put(keyOf.apply(key), value, Duration.ofMillis(lives).minusNanos(1));
          model.put(key, new Value(value, tested.nowMs + lives));
        }
        default -> {
          String value = value();
          store.put(keyOf.apply(key), value);
          set(key, value);
        }
      }
    }

    private void compute(byte[] key) {
      String before = live(key);
      String after = random.nextInt(3) == 0 ? null : value();
      byte[] other = key();
      store.compute(
          keyOf.apply(key),
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
      model.put(key, new Value(value, ttlMs == 0 ? StoredValue.NEVER : tested.nowMs + ttlMs));
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
      assertThat(taken.snapshot.get(keyOf.apply(key))).isEqualTo(expected.get(key));
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
      K from = keyOf.apply(ends.get(0));
      K to = keyOf.apply(ends.get(1));
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
      assertThat(store.get(keyOf.apply(key))).isEqualTo(live(key));
    }

    private void getAll(ReadOnlyKeyValueStore<K, String> view, TreeMap<byte[], String> expected) {
      List<K> wanted = new ArrayList<>();
      TreeMap<byte[], String> there = new TreeMap<>(Arrays::compareUnsigned);
      for (int i = 0; i < 5; i++) {
        byte[] key = key();
        if (wanted.stream().noneMatch(other -> Arrays.equals(serde.toBytes(other), key))) {
          wanted.add(keyOf.apply(key));
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
      Block block = underWay.poll();
      if (block != null) {
        tested.confirm(block);
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
