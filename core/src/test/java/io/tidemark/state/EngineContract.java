package io.tidemark.state;

import static io.tidemark.state.StoreModel.bytes;
import static io.tidemark.state.StoreModel.delete;
import static io.tidemark.state.StoreModel.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.state.StorageEngine.Change;
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

/**
 * What every {@link StorageEngine} promises. An engine's test extends this class, or {@link
 * PersistentEngineContract} if its contents survive the process.
 */
public abstract class EngineContract {
  private static final byte[] START = new byte[0];

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
  void a_new_engine_is_empty_and_before_the_first_commit() {
    assertThat(engine.commit()).isEqualTo(EngineCommit.NONE);
    assertThat(engine.get(0, bytes("a"))).isNull();
    assertThat(keys(0, START, null)).isEmpty();
    assertThat(engine.approximateEntries(0)).isZero();
  }

  @Test
  void the_commit_moves_with_the_contents() {
    engine.apply(List.of(put(0, "a", "1")), new EngineCommit(3, 17));
    assertThat(engine.commit()).isEqualTo(new EngineCommit(3, 17));
    assertThat(engine.get(0, bytes("a"))).isEqualTo(bytes("1"));

    engine.apply(List.of(put(0, "a", "2")), new EngineCommit(9, 40));
    assertThat(engine.commit()).isEqualTo(new EngineCommit(9, 40));
    assertThat(engine.get(0, bytes("a"))).isEqualTo(bytes("2"));
  }

  @Test
  void a_commit_without_changes_moves_the_commit() {
    engine.apply(List.of(), new EngineCommit(1, 2));
    assertThat(engine.commit()).isEqualTo(new EngineCommit(1, 2));
  }

  @Test
  void a_removed_key_is_gone_and_can_come_back() {
    engine.apply(List.of(put(0, "a", "1"), put(0, "b", "2")), new EngineCommit(1, 1));
    engine.apply(List.of(delete(0, "a"), delete(0, "never there")), new EngineCommit(2, 2));
    assertThat(engine.get(0, bytes("a"))).isNull();
    assertThat(keys(0, START, null)).containsExactly("b");

    engine.apply(List.of(put(0, "a", "3")), new EngineCommit(3, 3));
    assertThat(engine.get(0, bytes("a"))).isEqualTo(bytes("3"));
    assertThat(keys(0, START, null)).containsExactly("a", "b");
  }

  @Test
  void stores_do_not_see_each_others_keys() {
    engine.apply(
        List.of(put(0, "a", "0"), put(1, "a", "1"), put(2, "b", "2")), new EngineCommit(1, 1));
    engine.apply(List.of(delete(0, "a")), new EngineCommit(2, 2));
    assertThat(engine.get(0, bytes("a"))).isNull();
    assertThat(engine.get(1, bytes("a"))).isEqualTo(bytes("1"));
    assertThat(engine.get(2, bytes("a"))).isNull();
    assertThat(keys(0, START, null)).isEmpty();
    assertThat(keys(1, START, null)).containsExactly("a");
    assertThat(keys(2, START, null)).containsExactly("b");
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
  void a_value_may_have_16_mebibytes() {
    byte[] value = new byte[16 << 20];
    new Random(1).nextBytes(value);
    engine.apply(
        List.of(new Change(0, bytes("large"), value), put(1, "small", "1")),
        new EngineCommit(1, 1));
    engine.flush();
    assertThat(Arrays.equals(engine.get(0, bytes("large")), value)).isTrue();
    try (EngineIterator entries = engine.scan(0, START, null)) {
      assertThat(Arrays.equals(entries.value(), value)).isTrue();
    }
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
  void the_number_of_entries_is_about_right() {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      changes.add(new Change(1, ByteBuffer.allocate(4).putInt(i).array(), new byte[10]));
    }
    engine.apply(changes, new EngineCommit(1, 1));
    assertThat(engine.approximateEntries(0)).isZero();
    assertThat(engine.approximateEntries(1)).isBetween(500L, 2000L);
    engine.flush();
    assertThat(engine.approximateEntries(1)).isBetween(500L, 2000L);
  }

  @Test
  void a_reader_on_another_thread_never_sees_a_part_of_a_commit() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    engine.apply(numbered(1), new EngineCommit(1, 1));
    CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> readInTurn(done));
    for (int commit = 2; commit <= 3000 && !reader.isDone(); commit++) {
      engine.apply(numbered(commit), new EngineCommit(commit, commit));
      if (commit % 500 == 0) {
        engine.flush();
      }
    }
    done.set(true);
    reader.get(60, TimeUnit.SECONDS);
  }

  /** Each read must give the commit of the read before, or a later one. */
  private void readInTurn(AtomicBoolean done) {
    while (!done.get()) {
      long least = engine.commit().number();
      for (int key = 0; key < 4; key++) {
        for (int store = 2; store >= 0; store--) {
          long seen = ByteBuffer.wrap(engine.get(store, new byte[] {(byte) key})).getLong();
          assertThat(seen).as("store %s, key %s", store, key).isGreaterThanOrEqualTo(least);
          least = seen;
        }
      }
      try (EngineIterator entries = engine.scan(1, START, null)) {
        for (int key = 0; key < 4; key++) {
          assertThat(entries.key()).containsExactly(key);
          assertThat(ByteBuffer.wrap(entries.value()).getLong()).isGreaterThanOrEqualTo(least);
          entries.next();
        }
        assertThat(entries.valid()).isFalse();
      }
    }
  }

  private static List<Change> numbered(long commit) {
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
  void the_contents_equal_a_models_after_any_changes() {
    long seed = seed();
    RandomChanges random = new RandomChanges(seed, 3, 400, 100);
    StoreModel model = new StoreModel(3);
    Random choice = new Random(seed);
    try {
      for (int commit = 1; commit <= 400; commit++) {
        List<Change> changes = random.of(commit, 40);
        model.apply(changes);
        engine.apply(changes, new EngineCommit(commit, commit));
        if (choice.nextInt(20) == 0) {
          betweenCommits(choice);
        }
        int store = choice.nextInt(3);
        byte[] key = random.key(choice.nextInt(500));
        assertThat(engine.get(store, key)).isEqualTo(model.get(store, key));
        model.assertScanEquals(engine, store, key, null);
        model.assertScanEquals(engine, store, key, random.key(choice.nextInt(500)));
        assertThat(engine.commit()).isEqualTo(new EngineCommit(commit, commit));
      }
      model.assertHeldBy(engine);
    } catch (AssertionError failure) {
      throw new AssertionError("repeat with -Dtidemark.seed=" + seed, failure);
    }
  }

  /** Does what must not change the contents. */
  protected void betweenCommits(Random choice) {
    engine.flush();
  }

  private List<String> keys(int store, byte[] from, byte @Nullable [] to) {
    return scan(store, from, to).stream()
        .map(key -> new String(key, StandardCharsets.UTF_8))
        .toList();
  }

  private List<byte[]> scan(int store, byte[] from, byte @Nullable [] to) {
    List<byte[]> keys = new ArrayList<>();
    try (EngineIterator entries = engine.scan(store, from, to)) {
      for (; entries.valid(); entries.next()) {
        keys.add(entries.key());
      }
    }
    return keys;
  }
}
