package io.tidemark.state;

import static io.tidemark.state.StoreModel.bytes;
import static io.tidemark.state.StoreModel.delete;
import static io.tidemark.state.StoreModel.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.state.StorageEngine.Change;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

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
      throw new AssertionError("repeat with -Dtidemark.seed=" + seed, failure);
    }
  }

  /** Does what must not change the contents. */
  protected void betweenCommits(Random choice) {
    engine.flush();
  }
}
