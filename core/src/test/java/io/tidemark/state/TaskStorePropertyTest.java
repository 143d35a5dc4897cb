package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.BytesSerde;
import io.tidemark.api.Entry;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.PartitioningKey;
import io.tidemark.api.Serde;
import io.tidemark.api.StringSerde;
import io.tidemark.journal.Block;
import io.tidemark.state.TaskState.HoldingLimits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
  private static final int STEPS = 2500;
  private static final HoldingLimits WHEN_TIME_HAS_PASSED =
      new HoldingLimits(Long.MAX_VALUE, 1000, Long.MAX_VALUE);

  private final long seed = Long.getLong("tidemark.seed", System.nanoTime());

  @TempDir Path root;

  @Test
  void keysAsValuesInACacheThatHoldsNothing() {
    run("a", new StringSerde(), TaskStorePropertyTest::text, null, true, 0);
  }

  @Test
  void keysAsValuesInASmallCache() {
    run("b", new StringSerde(), TaskStorePropertyTest::text, null, true, 2_000);
  }

  @Test
  void keysAsBytesInACacheThatHoldsNothing() {
    run("c", new BytesSerde(), bytes -> bytes, null, true, 0);
  }

  @Test
  void keysAsBytesInASmallCache() {
    run("d", new BytesSerde(), bytes -> bytes, null, true, 2_000);
  }

  @Test
  void keysInACacheThatHoldsAll() {
    run("e", new BytesSerde(), bytes -> bytes, null, true, 1 << 30);
  }

  @Test
  void keysThatMoveWithTheirTask() {
    run("f", new StringSerde(), TaskStorePropertyTest::text, null, false, 1_000);
  }

  @Test
  void keysWithAPartitioningKey() {
    PartitioningKey<byte[]> lastByte =
        (key, bytes) -> bytes.length == 0 ? bytes : new byte[] {bytes[bytes.length - 1]};
    run("g", new BytesSerde(), bytes -> bytes, lastByte, true, 1_000);
  }

  private <K> void run(
      String name,
      Serde<K> serde,
      Function<byte[], K> keyOf,
      @Nullable PartitioningKey<K> partitioningKey,
      boolean splittable,
      long cacheBytes) {
    StoreSpec spec =
        StateUnderTest.spec("s", serde, new StringSerde(), partitioningKey, splittable, cacheBytes);
    try (LateApplier applier = new LateApplier();
        StateUnderTest tested =
            new StateUnderTest(root.resolve(name), List.of(spec), WHEN_TIME_HAS_PASSED, applier)) {
      Run<K> run = new Run<>(tested, applier, serde, keyOf, new Random(seed));
      int step = 0;
      try {
        for (; step < STEPS; step++) {
          run.step();
        }
        run.finish();
      } catch (AssertionError | RuntimeException e) {
        applier.open();
        throw new AssertionError("seed " + seed + ", step " + step, e);
      }
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  /** One row of random steps. */
  private static final class Run<K> {
    private final StateUnderTest tested;
    private final LateApplier applier;
    private final KeyValueStore<K, String> store;
    private final Serde<K> serde;
    private final List<byte[]> keys = new ArrayList<>();
    private final Function<byte[], K> keyOf;
    private final Random random;
    private final ArrayDeque<Block> underWay = new ArrayDeque<>();
    private TreeMap<byte[], String> model = new TreeMap<>(Arrays::compareUnsigned);
    private int writes;

    Run(
        StateUnderTest tested,
        LateApplier applier,
        Serde<K> serde,
        Function<byte[], K> keyOf,
        Random random) {
      this.tested = tested;
      this.applier = applier;
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
      switch (random.nextInt(20)) {
        case 0, 1 -> underWay.add(tested.build());
        case 2, 3 -> confirm();
        case 4 -> startApplying();
        case 5 -> applier.runWaiting();
        case 6, 7 -> failingRecord();
        case 8 -> iteratorStaysAsItWas();
        case 9 -> checkRange(iterateSomething());
        case 10 -> getAll();
        case 11, 12, 13 -> checkGet(key());
        default -> write();
      }
    }

    void finish() {
      checkAll();
      underWay.add(tested.build());
      while (!underWay.isEmpty()) {
        confirm();
      }
      applier.open();
      tested.state.drain();
      checkAll();
      keys.forEach(this::checkGet);
      StateCopy replayed = StateCopy.empty();
      tested.blocks.forEach(replayed::apply);
      Map<K, String> entries = replayed.entries("s", serde, new StringSerde());
      TreeMap<byte[], String> found = new TreeMap<>(Arrays::compareUnsigned);
      entries.forEach((key, value) -> found.put(serde.toBytes(key), value));
      assertThat(found).as("what the blocks say").isEqualTo(model);
      tested.blocks.forEach(Run::assertOneChangeAKey);
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

    private byte[] key() {
      return keys.get(random.nextInt(keys.size()));
    }

    private void write() {
      byte[] key = key();
      switch (random.nextInt(5)) {
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
            model.put(one, value);
          }
          store.putAll(entries);
        }
        case 2 -> {
          byte[] other = key();
          store.deleteAll(List.of(keyOf.apply(key), keyOf.apply(other)));
          model.remove(key);
          model.remove(other);
        }
        default -> {
          String value = value();
          store.put(keyOf.apply(key), value);
          model.put(key, value);
        }
      }
    }

    private String value() {
      return (writes++) + "-".repeat(random.nextInt(30));
    }

    private void failingRecord() {
      TreeMap<byte[], String> before = new TreeMap<>(model);
      tested.state.makeUndoable();
      for (int i = random.nextInt(6); i > 0; i--) {
        write();
        checkGet(key());
        if (random.nextInt(4) == 0) {
          checkRange(iterateSomething());
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

    private void iteratorStaysAsItWas() {
      TreeMap<byte[], String> before = new TreeMap<>(model);
      try (KeyValueIterator<K, String> all = store.all()) {
        List<Map.Entry<byte[], String>> expected = new ArrayList<>(before.entrySet());
        for (Map.Entry<byte[], String> entry : expected) {
          if (random.nextInt(3) == 0) {
            write();
          }
          if (random.nextInt(20) == 0) {
            applier.runWaiting();
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

    private Iterated<K> iterateSomething() {
      if (random.nextBoolean()) {
        byte[] prefix = Arrays.copyOf(key(), random.nextInt(3));
        TreeMap<byte[], String> expected = new TreeMap<>(model);
        expected.keySet().removeIf(key -> !startsWith(key, prefix));
        return new Iterated<>(store.prefix(prefix), expected);
      }
      List<byte[]> ends = new ArrayList<>(List.of(key(), key()));
      Collections.sort(ends, Arrays::compareUnsigned);
      return new Iterated<>(
          store.range(keyOf.apply(ends.get(0)), keyOf.apply(ends.get(1))),
          new TreeMap<>(model.subMap(ends.get(0), ends.get(1))));
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
      return key.length >= prefix.length
          && Arrays.equals(Arrays.copyOf(key, prefix.length), prefix);
    }

    private void checkAll() {
      checkRange(new Iterated<>(store.all(), model));
    }

    private void checkRange(Iterated<K> iterated) {
      try (KeyValueIterator<K, String> found = iterated.iterator) {
        TreeMap<byte[], String> entries = new TreeMap<>(Arrays::compareUnsigned);
        List<byte[]> order = new ArrayList<>();
        found.forEachRemaining(
            entry -> {
              entries.put(serde.toBytes(entry.key()), entry.value());
              order.add(serde.toBytes(entry.key()));
            });
        assertThat(entries).isEqualTo(iterated.expected);
        assertThat(order).isSortedAccordingTo(Arrays::compareUnsigned).hasSize(entries.size());
      }
    }

    private void checkGet(byte[] key) {
      assertThat(store.get(keyOf.apply(key))).isEqualTo(model.get(key));
    }

    private void getAll() {
      List<K> wanted = new ArrayList<>();
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        byte[] key = keys.get(i);
        wanted.add(keyOf.apply(key));
        if (model.containsKey(key) && keys.indexOf(key) == i) {
          expected.add(model.get(key));
        }
      }
      assertThat(store.getAll(wanted).values()).containsAll(expected);
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
      tested.state.maintain();
    }
  }
}
