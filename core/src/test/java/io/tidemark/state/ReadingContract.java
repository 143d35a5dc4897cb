package io.tidemark.state;

import static io.tidemark.state.StoreModel.bytes;
import static io.tidemark.state.StoreModel.delete;
import static io.tidemark.state.StoreModel.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.state.EngineReader.Direction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every engine promises to those who read: points, scans, snapshots, and a clear end. */
public abstract class ReadingContract {
  static final byte[] START = new byte[0];

  @TempDir protected Path directory;

  protected EngineFactory factory;
  protected StorageEngine engine;

  /** Makes the factory under test. */
  protected abstract EngineFactory createFactory();

  /** What stores are opened with; small buffers, for instance, so that more happens in a test. */
  protected Map<String, String> storeProperties() {
    return Map.of();
  }

  @BeforeEach
  protected void openEngine() {
    factory = createFactory();
    engine = open("first", "second", "third");
  }

  @AfterEach
  protected void closeEngine() {
    engine.close();
    factory.close();
  }

  /** Opens the engine with these stores. */
  protected final StorageEngine open(String... stores) {
    return factory.open(options(stores));
  }

  protected final EngineOptions options(String... stores) {
    return new EngineOptions(
        directory,
        "Partition 0",
        Arrays.stream(stores)
            .map(name -> new EngineOptions.Store(name, storeProperties()))
            .toList());
  }

  /** The seed of a test, told when it fails; {@code -Dtidemark.seed=} repeats one. */
  protected static long seed() {
    return Long.getLong("tidemark.seed", System.nanoTime());
  }

  @Test
  void keys_are_in_the_order_of_unsigned_bytes() {
    List<byte[]> sorted =
        List.of(
            START,
            new byte[] {0},
            new byte[] {0, 0},
            new byte[] {0, 1},
            new byte[] {1},
            new byte[] {0x7f},
            new byte[] {0x7f, (byte) 0xff},
            new byte[] {(byte) 0x80},
            new byte[] {(byte) 0xff},
            new byte[] {(byte) 0xff, 0},
            new byte[] {(byte) 0xff, (byte) 0xff},
            new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff});
    engine.apply(
        sorted.stream().map(key -> new Change(0, key, key)).toList(), new EngineCommit(1, 1));

    for (int from = 0; from < sorted.size(); from++) {
      assertThat(engine.get(0, sorted.get(from))).isEqualTo(sorted.get(from));
      assertThat(scan(0, sorted.get(from), null))
          .containsExactlyElementsOf(sorted.subList(from, sorted.size()));
      for (int to = from; to < sorted.size(); to++) {
        assertThat(scan(0, sorted.get(from), sorted.get(to)))
            .containsExactlyElementsOf(sorted.subList(from, to));
      }
    }
  }

  @Test
  void the_start_of_a_scan_is_included_and_its_end_is_not() {
    engine.apply(
        List.of(put(0, "a", ""), put(0, "b", ""), put(0, "ba", ""), put(0, "c", "")),
        new EngineCommit(1, 1));
    assertThat(keys(0, bytes("b"), bytes("c"))).containsExactly("b", "ba");
    assertThat(keys(0, bytes("aa"), bytes("bb"))).containsExactly("b", "ba");
    assertThat(keys(0, bytes("b"), bytes("b"))).isEmpty();
    assertThat(keys(0, bytes("c"), bytes("a"))).isEmpty();
    assertThat(keys(0, START, START)).isEmpty();
    assertThat(keys(0, bytes("d"), null)).isEmpty();
  }

  @Test
  void scans_go_on_from_one_slot_to_the_next() {
    List<Change> changes = new ArrayList<>();
    for (int slot = 0; slot < 300; slot++) {
      byte[] key = ByteBuffer.allocate(6).putShort((short) slot).putInt(7).array();
      changes.add(new Change(0, key, new byte[] {1}));
    }
    engine.apply(changes, new EngineCommit(1, 1));
    engine.flush();

    assertThat(scan(0, START, null)).hasSize(300);
    assertThat(scan(0, new byte[] {0, 5}, new byte[] {1, 5})).hasSize(256);
    assertThat(scan(0, new byte[] {0, 5}, new byte[] {0, 6})).hasSize(1);
    assertThat(scan(0, new byte[] {0, 5, 0, 0, 0, 8}, new byte[] {0, 7, 0, 0, 0, 7})).hasSize(1);
  }

  @Test
  void an_empty_value_is_not_an_absent_one() {
    engine.apply(List.of(put(0, "a", "")), new EngineCommit(1, 1));
    assertThat(engine.get(0, bytes("a"))).isEmpty();
    assertThat(keys(0, START, null)).containsExactly("a");
  }

  @Test
  void what_a_reader_does_with_an_array_changes_nothing() {
    engine.apply(List.of(put(0, "a", "1")), new EngineCommit(1, 1));
    engine.get(0, bytes("a"))[0] = 'x';
    try (EngineIterator entries = engine.scan(0, START, null)) {
      entries.key()[0] = 'x';
      entries.value()[0] = 'x';
      assertThat(entries.key()).isEqualTo(bytes("a"));
    }
    assertThat(engine.get(0, bytes("a"))).isEqualTo(bytes("1"));
  }

  @Test
  void a_backward_scan_gives_the_same_entries_from_the_end() {
    engine.apply(
        List.of(put(0, "a", ""), put(0, "b", ""), put(0, "ba", ""), put(0, "c", "")),
        new EngineCommit(1, 1));
    assertThat(keys(0, START, null, Direction.BACKWARD)).containsExactly("c", "ba", "b", "a");
    assertThat(keys(0, bytes("b"), bytes("c"), Direction.BACKWARD)).containsExactly("ba", "b");
    assertThat(keys(0, bytes("aa"), bytes("bb"), Direction.BACKWARD)).containsExactly("ba", "b");
    assertThat(keys(0, bytes("b"), null, Direction.BACKWARD)).containsExactly("c", "ba", "b");
    assertThat(keys(0, START, bytes("a"), Direction.BACKWARD)).isEmpty();
    assertThat(keys(0, bytes("b"), bytes("b"), Direction.BACKWARD)).isEmpty();
    assertThat(keys(0, bytes("c"), bytes("a"), Direction.BACKWARD)).isEmpty();
    assertThat(keys(0, START, START, Direction.BACKWARD)).isEmpty();
    assertThat(keys(0, bytes("d"), null, Direction.BACKWARD)).isEmpty();
    assertThat(keys(1, START, null, Direction.BACKWARD)).isEmpty();
  }

  @Test
  void an_iterator_that_stands_on_no_entry_gives_none() {
    engine.apply(List.of(put(0, "a", "1")), new EngineCommit(1, 1));
    for (Direction direction : Direction.values()) {
      try (EngineIterator entries = engine.scan(0, START, null, direction)) {
        entries.next();
        assertThat(entries.valid()).isFalse();
        assertThatThrownBy(entries::key).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(entries::value).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(entries::next).isInstanceOf(IllegalStateException.class);
      }
    }
  }

  @Test
  void an_iterator_does_not_see_what_is_applied_later() {
    engine.apply(List.of(put(0, "b", "1"), put(0, "d", "1")), new EngineCommit(1, 1));
    for (Direction direction : Direction.values()) {
      try (EngineIterator entries = engine.scan(0, START, null, direction)) {
        long number = engine.commit().number() + 1;
        engine.apply(
            List.of(put(0, "a", "x"), delete(0, "b"), put(0, "c", "x"), put(0, "d", "x")),
            new EngineCommit(number, number));
        engine.flush();
        List<String> seen = new ArrayList<>();
        for (; entries.valid(); entries.next()) {
          seen.add(text(entries.key()) + text(entries.value()));
        }
        assertThat(seen)
            .containsExactlyElementsOf(
                direction == Direction.FORWARD ? List.of("b1", "d1") : List.of("d1", "b1"));
      }
      engine.apply(
          List.of(delete(0, "a"), put(0, "b", "1"), delete(0, "c"), put(0, "d", "1")),
          new EngineCommit(50, 50));
    }
  }

  @Test
  void several_keys_are_read_as_each_of_them_is() {
    long seed = seed();
    RandomChanges random = new RandomChanges(seed, 3, 400, 100);
    Random choice = new Random(seed);
    for (int commit = 1; commit <= 60; commit++) {
      engine.apply(random.of(commit, 40), new EngineCommit(commit, commit));
      if (commit % 20 == 0) {
        engine.flush();
      }
      byte[][] keys = new byte[choice.nextInt(50)][];
      Arrays.setAll(keys, i -> random.key(choice.nextInt(500)));
      try (EngineSnapshot snapshot = engine.snapshot()) {
        for (int store = 0; store < 3; store++) {
          byte[][] values = engine.getAll(store, keys);
          byte[][] same = snapshot.getAll(store, keys);
          assertThat(values).hasNumberOfRows(keys.length);
          for (int i = 0; i < keys.length; i++) {
            byte[] value = engine.get(store, keys[i]);
            assertThat(values[i]).as("-Dtidemark.seed=%s", seed).isEqualTo(value);
            assertThat(same[i]).as("-Dtidemark.seed=%s", seed).isEqualTo(value);
          }
        }
      }
    }
    assertThat(engine.getAll(0, new byte[0][])).isEmpty();
  }

  @Test
  void a_snapshot_stays_as_it_was() {
    long seed = seed();
    RandomChanges random = new RandomChanges(seed, 3, 300, 100);
    Random choice = new Random(seed);
    StoreModel model = new StoreModel(3);
    List<EngineSnapshot> snapshots = new ArrayList<>();
    List<StoreModel> models = new ArrayList<>();
    try {
      for (int commit = 0; commit <= 120; commit++) {
        if (commit > 0) {
          List<Change> changes = random.of(commit, 40);
          model.apply(changes);
          engine.apply(changes, new EngineCommit(commit, 2L * commit));
        }
        if (commit % 8 == 0) {
          snapshots.add(engine.snapshot());
          models.add(model.copy());
        }
        if (commit % 30 == 0) {
          engine.flush();
        }
        if (snapshots.size() > 1 && choice.nextInt(16) == 0) {
          int given = choice.nextInt(snapshots.size());
          snapshots.remove(given).close();
          models.remove(given);
        }
      }
      for (int i = 0; i < snapshots.size(); i++) {
        long number = snapshots.get(i).commit().number();
        assertThat(snapshots.get(i).commit()).isEqualTo(new EngineCommit(number, 2 * number));
        byte[] from = random.key(choice.nextInt(300));
        models.get(i).assertScansEqual(snapshots.get(i), 1, from, random.key(5));
        models.get(i).assertHeldBy(snapshots.get(i));
      }
    } catch (AssertionError failure) {
      throw new AssertionError("repeat with -Dtidemark.seed=" + seed + ": " + failure, failure);
    } finally {
      snapshots.forEach(EngineSnapshot::close);
    }
  }

  @Test
  void a_snapshot_equals_its_commit_while_another_thread_applies() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    engine.apply(numbered(1), new EngineCommit(1, 3));
    CompletableFuture<Void> reader =
        CompletableFuture.runAsync(
            () -> {
              while (!done.get()) {
                checkSnapshot();
              }
            });
    for (int commit = 2; commit <= 3000 && !reader.isDone(); commit++) {
      engine.apply(numbered(commit), new EngineCommit(commit, 3L * commit));
      if (commit % 500 == 0) {
        engine.flush();
      }
    }
    done.set(true);
    reader.get(60, TimeUnit.SECONDS);
  }

  private void checkSnapshot() {
    long least = engine.commit().number();
    try (EngineSnapshot snapshot = engine.snapshot()) {
      long number = snapshot.commit().number();
      assertThat(number).isGreaterThanOrEqualTo(least);
      assertThat(snapshot.commit().position()).isEqualTo(3 * number);
      byte[] expected = ByteBuffer.allocate(8).putLong(number).array();
      for (int store = 2; store >= 0; store--) {
        for (byte[] value : snapshot.getAll(store, new byte[][] {{3}, {0}, {2}, {1}})) {
          assertThat(value).isEqualTo(expected);
        }
        for (Direction direction : Direction.values()) {
          int entries = 0;
          try (EngineIterator iterator = snapshot.scan(store, START, null, direction)) {
            for (; iterator.valid(); iterator.next()) {
              assertThat(iterator.value()).isEqualTo(expected);
              entries++;
            }
          }
          assertThat(entries).isEqualTo(4);
        }
      }
    }
  }

  /** Changes that give each of four keys in each of three stores the number of the commit. */
  static List<Change> numbered(long commit) {
    List<Change> changes = new ArrayList<>();
    for (int store = 0; store < 3; store++) {
      for (int key = 0; key < 4; key++) {
        byte[] value = ByteBuffer.allocate(8).putLong(commit).array();
        changes.add(new Change(store, new byte[] {(byte) key}, value));
      }
    }
    return changes;
  }

  @Test
  void a_snapshot_may_be_closed_twice_and_before_its_iterators() {
    engine.apply(List.of(put(0, "a", "1"), put(0, "b", "2")), new EngineCommit(1, 1));
    EngineSnapshot snapshot = engine.snapshot();
    try (EngineIterator entries = snapshot.scan(0, START, null)) {
      snapshot.close();
      snapshot.close();
      engine.apply(List.of(delete(0, "a"), delete(0, "b")), new EngineCommit(2, 2));
      engine.flush();
      assertThat(text(entries.key())).isEqualTo("a");
      entries.next();
      assertThat(text(entries.value())).isEqualTo("2");
    }
  }

  @Test
  void a_closed_snapshot_is_not_read() {
    engine.apply(List.of(put(0, "a", "1")), new EngineCommit(1, 1));
    EngineSnapshot snapshot = engine.snapshot();
    snapshot.close();
    assertRefused(snapshot);
    assertThat(snapshot.commit()).isEqualTo(new EngineCommit(1, 1));
  }

  @Test
  void a_closed_engine_is_not_used() {
    engine.apply(List.of(put(0, "a", "1")), new EngineCommit(1, 1));
    EngineSnapshot snapshot = engine.snapshot();
    EngineIterator entries = engine.scan(0, START, null);
    engine.close();
    engine.close();
    assertRefused(engine);
    assertThatThrownBy(engine::snapshot).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(engine::flush).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> engine.approximateEntries(0))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> engine.apply(List.of(), new EngineCommit(2, 2)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(engine.commit()).isEqualTo(new EngineCommit(1, 1));
    assertRefused(snapshot);
    assertThatThrownBy(entries::valid).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(entries::next).isInstanceOf(IllegalStateException.class);
    entries.close();
    snapshot.close();
  }

  private static void assertRefused(EngineReader reader) {
    byte[][] keys = {bytes("a")};
    assertThatThrownBy(() -> reader.get(0, keys[0])).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> reader.getAll(0, keys)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> reader.scan(0, START, null)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void readers_see_the_right_thing_or_a_refusal_when_the_engine_closes() throws Exception {
    for (int round = 0; round < 20; round++) {
      long number = engine.commit().number() + 1;
      engine.apply(numbered(7), new EngineCommit(number, number));
      List<CompletableFuture<Void>> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        readers.add(CompletableFuture.runAsync(this::readUntilRefused));
      }
      engine.close();
      for (CompletableFuture<Void> reader : readers) {
        reader.get(60, TimeUnit.SECONDS);
      }
      engine = open("first", "second", "third");
    }
  }

  private void readUntilRefused() {
    StorageEngine read = engine;
    byte[] expected = ByteBuffer.allocate(8).putLong(7).array();
    try {
      while (true) {
        assertThat(read.get(2, new byte[] {3})).isEqualTo(expected);
        try (EngineSnapshot snapshot = read.snapshot();
            EngineIterator entries = snapshot.scan(1, START, null, Direction.BACKWARD)) {
          int count = 0;
          for (; entries.valid(); entries.next()) {
            assertThat(entries.value()).isEqualTo(expected);
            count++;
          }
          assertThat(count).isEqualTo(4);
        }
      }
    } catch (IllegalStateException refused) {
      assertThat(refused).hasMessageContaining("closed");
    }
  }

  final List<String> keys(int store, byte[] from, byte @Nullable [] to) {
    return keys(store, from, to, Direction.FORWARD);
  }

  private List<String> keys(int store, byte[] from, byte @Nullable [] to, Direction direction) {
    return scan(store, from, to, direction).stream().map(ReadingContract::text).toList();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private List<byte[]> scan(int store, byte[] from, byte @Nullable [] to) {
    return scan(store, from, to, Direction.FORWARD);
  }

  private List<byte[]> scan(int store, byte[] from, byte @Nullable [] to, Direction direction) {
    List<byte[]> keys = new ArrayList<>();
    try (EngineIterator entries = engine.scan(store, from, to, direction)) {
      for (; entries.valid(); entries.next()) {
        keys.add(entries.key());
      }
    }
    return keys;
  }
}
