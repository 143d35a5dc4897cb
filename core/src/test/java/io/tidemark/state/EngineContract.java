package io.tidemark.state;

import static io.tidemark.state.StoreModel.bytes;
import static io.tidemark.state.StoreModel.delete;
import static io.tidemark.state.StoreModel.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link StorageEngine} promises. An engine's test extends this class, or {@link
 * PersistentEngineContract} if its contents survive the process.
 */
public abstract class EngineContract extends ReadingContract {
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
  void keys_and_values_may_have_any_length() {
    List<Change> changes = new ArrayList<>();
    for (int length : new int[] {1, 126, 127, 128, 16_382, 16_383, 16_384, 2_097_152}) {
      byte[] key = new byte[Math.min(length, 40_000)];
      Arrays.fill(key, (byte) changes.size());
      byte[] value = new byte[length - 1];
      Arrays.fill(value, (byte) length);
      changes.add(new Change(0, key, value));
    }
    engine.apply(changes, new EngineCommit(1, 1));
    StoreModel model = new StoreModel(3);
    model.apply(changes);
    model.assertHeldBy(engine);
  }

  @Test
  void what_stands_in_a_larger_array_is_copied() {
    byte[] array = bytes("_a1_bc234_d");
    engine.apply(
        List.of(
            new Change(0, array, 1, 1, 2, 1),
            new Change(0, array, 4, 2, 6, 3),
            new Change(1, array, 10, 1, 0, 0)),
        new EngineCommit(1, 1));
    engine.apply(List.of(new Change(0, array, 1, 1, 0, -1)), new EngineCommit(2, 2));
    Arrays.fill(array, (byte) 0);
    assertThat(keys(0, START, null)).containsExactly("bc");
    assertThat(engine.get(0, bytes("bc"))).isEqualTo(bytes("234"));
    assertThat(engine.get(1, bytes("d"))).isEmpty();
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
        model.assertScansEqual(engine, store, key, null);
        model.assertScansEqual(engine, store, key, random.key(choice.nextInt(500)));
        assertThat(engine.commit()).isEqualTo(new EngineCommit(commit, commit));
      }
      model.assertHeldBy(engine);
    } catch (AssertionError failure) {
      throw new AssertionError("repeat with -Dtidemark.seed=" + seed + ": " + failure, failure);
    }
  }

  @TempDir protected Path frozen;

  @Test
  void frozen_files_open_with_the_contents_at_the_commit_they_say() throws Exception {
    long seed = seed();
    RandomChanges random = new RandomChanges(seed, 3, 400, 100);
    List<StoreModel> models = new ArrayList<>(List.of(new StoreModel(3)));
    Random choice = new Random(seed);
    try {
      for (int commit = 1; commit <= 300; commit++) {
        List<Change> changes = random.of(commit, 40);
        StoreModel model = models.get(commit - 1).copy();
        model.apply(changes);
        models.add(model);
        engine.apply(changes, new EngineCommit(commit, 10L * commit));
        if (choice.nextInt(15) == 0) {
          Path into = Files.createDirectory(frozen.resolve("at-" + commit));
          assertFrozen(engine.freeze(into, choice.nextBoolean() ? 0 : 1 << 20), into, models);
          model.assertHeldBy(engine);
        }
        if (choice.nextInt(30) == 0) {
          engine.flush();
        }
      }
    } catch (AssertionError failure) {
      throw new AssertionError("repeat with -Dtidemark.seed=" + seed + ": " + failure, failure);
    }
  }

  private void assertFrozen(EngineCommit commit, Path files, List<StoreModel> models) {
    StoreModel expected = models.get((int) commit.number());
    EngineOptions options =
        new EngineOptions(files, "Partition 0", options("first", "second", "third").stores());
    try (EngineFiles read = Objects.requireNonNull(factory.openFiles(options))) {
      assertThat(read.commit()).isEqualTo(commit);
      expected.assertHeldBy(read);
    }
    try (StorageEngine opened = factory.open(options)) {
      assertThat(opened.commit()).isEqualTo(commit);
      expected.assertHeldBy(opened);
      opened.apply(List.of(put(1, "more", "1")), new EngineCommit(1000, 1));
      assertThat(opened.get(1, bytes("more"))).isEqualTo(bytes("1"));
    }
  }

  @Test
  void all_that_was_applied_is_frozen_if_nothing_may_be_left_out() throws Exception {
    engine.apply(List.of(put(0, "a", "1"), put(2, "b", "2")), new EngineCommit(7, 70));
    Path into = Files.createDirectory(frozen.resolve("all"));
    assertThat(engine.freeze(into, 0)).isEqualTo(new EngineCommit(7, 70));
    StoreModel expected = new StoreModel(3);
    expected.apply(List.of(put(0, "a", "1"), put(2, "b", "2")));
    engine.apply(List.of(put(0, "a", "later")), new EngineCommit(8, 80));
    engine.close();
    List<StoreModel> models = new ArrayList<>(Collections.nCopies(7, new StoreModel(3)));
    models.add(expected);
    assertFrozen(new EngineCommit(7, 70), into, models);
  }

  @Test
  void an_engine_to_which_nothing_was_applied_can_be_frozen() throws Exception {
    Path into = Files.createDirectory(frozen.resolve("empty"));
    assertThat(engine.freeze(into, 0)).isEqualTo(EngineCommit.NONE);
    assertFrozen(EngineCommit.NONE, into, List.of(new StoreModel(3)));
  }

  @Test
  void a_closed_engine_refuses_to_be_frozen() throws Exception {
    engine.close();
    Path into = Files.createDirectory(frozen.resolve("closed"));
    assertThatThrownBy(() -> engine.freeze(into, 0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void engines_are_frozen_while_others_apply() throws Exception {
    long seed = seed();
    RandomChanges random = new RandomChanges(seed, 3, 300, 200);
    int commits = 1500;
    CompletableFuture<Void> applier =
        CompletableFuture.runAsync(
            () -> {
              for (int commit = 1; commit <= commits; commit++) {
                engine.apply(random.of(commit, 30), new EngineCommit(commit, commit));
                if (commit % 97 == 0) {
                  engine.flush();
                }
              }
            });
    List<EngineCommit> taken = new ArrayList<>();
    while (!applier.isDone() && taken.size() < 40) {
      Path into = Files.createDirectory(frozen.resolve("while-" + taken.size()));
      taken.add(engine.freeze(into, taken.size() % 3 == 0 ? 0 : Long.MAX_VALUE));
    }
    applier.get(60, TimeUnit.SECONDS);
    StoreModel model = new StoreModel(3);
    long at = 0;
    for (int i = 0; i < taken.size(); i++) {
      while (at < taken.get(i).number()) {
        model.apply(random.of(++at, 30));
      }
      List<StoreModel> models = new ArrayList<>(Collections.nCopies((int) at, model));
      models.add(model);
      assertFrozen(taken.get(i), frozen.resolve("while-" + i), models);
    }
  }

  @Test
  void only_the_slots_that_are_retained_stay() {
    List<Change> changes = new ArrayList<>();
    StoreModel model = new StoreModel(3);
    for (int store = 0; store < 3; store++) {
      for (int slot = 0; slot < 64; slot++) {
        for (int key = 0; key < 20; key++) {
          changes.add(change(store, slot, key));
        }
      }
      for (int key = 0; key < 5; key++) {
        changes.add(change(store, Slots.TASK_SLOT, key));
      }
    }
    engine.apply(changes, new EngineCommit(1, 1));
    engine.flush();
    IntPredicate kept = Slots.ofTask(64, 4, 2, true);
    engine.retain(kept);
    model.apply(changes.stream().filter(change -> kept.test(Slots.slotOf(change.key()))).toList());
    model.assertHeldBy(engine);
    assertThat(engine.commit()).isEqualTo(new EngineCommit(1, 1));

    IntPredicate fewer = Slots.ofTask(64, 8, 6, false);
    engine.retain(fewer);
    model = new StoreModel(3);
    model.apply(changes.stream().filter(change -> fewer.test(Slots.slotOf(change.key()))).toList());
    model.assertHeldBy(engine);
    engine.retain(slot -> false);
    new StoreModel(3).assertHeldBy(engine);
  }

  @Test
  void entries_of_another_engine_are_added_by_slots() throws Exception {
    engine.apply(List.of(change(1, 3, 1), change(1, 4, 1)), new EngineCommit(5, 50));
    Path into = Files.createDirectory(frozen.resolve("other"));
    engine.freeze(into, 0);
    engine.retain(slot -> slot == 4);
    try (EngineFiles other =
        Objects.requireNonNull(
            factory.openFiles(new EngineOptions(into, "other", options("x", "second").stores())))) {
      engine.addAll(2, other, 1, slot -> slot == 3);
    }
    StoreModel model = new StoreModel(3);
    Change added = change(1, 3, 1);
    model.apply(List.of(change(1, 4, 1), new Change(2, added.key(), added.value())));
    model.assertHeldBy(engine);
    assertThat(engine.commit()).isEqualTo(new EngineCommit(5, 50));
  }

  private static Change change(int store, int slot, int key) {
    byte[] bytes = ByteBuffer.allocate(8).putInt(key).putInt(store).array();
    return new Change(store, Slots.engineKey(slot, bytes), bytes("value " + key));
  }

  /** Does what must not change the contents. */
  protected void betweenCommits(Random choice) {
    engine.flush();
  }
}
