package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tidemark.api.Entry;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueSnapshot;
import io.tidemark.api.ReadOnlyKeyValueStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@link io.tidemark.api.KeyValueStore} promises, sentence by sentence, on whatever engine and
 * cache. What concerns expiry, sizes and costs has contracts of its own.
 */
public abstract class KeyValueStoreContract extends StoresOfEveryKind {
  private static final byte[] NO_PREFIX = {};

  @ParameterizedTest
  @MethodSource("cachings")
  void an_absent_key_reads_as_null(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          assertThat(store.get(0)).isNull();
          assertThat(store.getAll(List.of(0, 1))).isEmpty();
          fill(tested, store);
          assertThat(store.get(3)).isNull();
          assertThat(store.get(5)).isNull();
          try (KeyValueSnapshot<Integer, String> snapshot = store.snapshot()) {
            assertThat(snapshot.get(3)).isNull();
            assertThat(snapshot.get(5)).isNull();
          }
        });
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void every_read_sees_what_was_written_committed_or_not(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          NavigableMap<Integer, String> expected = fill(tested, store);
          assertShows(store, expected);
          try (KeyValueSnapshot<Integer, String> snapshot = store.snapshot()) {
            assertShows((RankedView<?>) snapshot, expected);
          }
          tested.commit();
          assertShows(store, expected);
          tested.state.drain();
          assertShows(store, expected);
        });
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void entries_come_in_the_order_of_their_keys_as_unsigned_bytes(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          NavigableMap<Integer, String> expected = fill(tested, store);
          List<byte[]> found = new ArrayList<>();
          expected.keySet().forEach(rank -> found.add(bytes(store, rank)));
          assertThat(found).isSortedAccordingTo(Arrays::compareUnsigned);
          assertThat(entries(store.all())).isEqualTo(entries(expected));
        });
  }

  private static <K> byte[] bytes(RankedStore<K> store, int rank) {
    return store.kind.serde().toBytes(store.kind.key(rank));
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void a_prefix_finds_the_keys_that_begin_with_it(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          NavigableMap<Integer, String> all = fill(tested, store);
          for (int rank = 0; rank < KeyKind.RANKS; rank++) {
            for (int length = 0; length <= bytes(store, rank).length; length++) {
              byte[] prefix = Arrays.copyOf(bytes(store, rank), length);
              NavigableMap<Integer, String> expected = new TreeMap<>(all);
              expected.keySet().removeIf(other -> !startsWith(bytes(store, other), prefix));
              assertThat(entries(store.prefix(prefix))).isEqualTo(entries(expected));
              try (KeyValueSnapshot<Integer, String> snapshot = store.snapshot()) {
                assertThat(entries(snapshot.prefix(prefix))).isEqualTo(entries(expected));
              }
            }
          }
        });
  }

  private static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length && Arrays.equals(Arrays.copyOf(key, prefix.length), prefix);
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void values_of_several_keys_come_in_the_order_asked_for(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          fill(tested, store);
          KeyValueSnapshot<Integer, String> snapshot = store.snapshot();
          for (ReadOnlyKeyValueStore<Integer, String> view : List.of(store, snapshot)) {
            assertThat(view.getAll(List.of(6, 3, 0, 6, 1)))
                .containsExactly(
                    Map.entry(6, "written-6"), Map.entry(0, "applied-0"), Map.entry(1, "held-1"));
            assertThat(view.getAll(List.of())).isEmpty();
          }
          snapshot.close();
        });
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void a_range_that_begins_after_its_end_is_refused(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          KeyValueSnapshot<Integer, String> snapshot = store.snapshot();
          for (ThrowingCallable call :
              List.<ThrowingCallable>of(
                  () -> store.range(2, 1),
                  () -> store.reverseRange(2, 1),
                  () -> snapshot.range(2, 1),
                  () -> snapshot.reverseRange(2, 1))) {
            assertThatIllegalArgumentException()
                .isThrownBy(call)
                .withMessageContaining("store " + store.kind);
          }
          assertThat(entries(store.range(1, 1))).isEmpty();
          assertThat(entries(store.reverseRange(1, 1))).isEmpty();
          snapshot.close();
        });
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void nulls_are_refused_with_the_store_named_before_anything_is_written(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          NavigableMap<Integer, String> before = fill(tested, store);
          tested.commit();
          KeyValueSnapshot<Integer, String> snapshot = store.snapshot();
          for (ThrowingCallable call : nulls(store, snapshot)) {
            assertThatNullPointerException()
                .isThrownBy(call)
                .withMessageContaining("store " + store.kind);
          }
          snapshot.close();
          assertThat(tested.state.isDirty()).isFalse();
          assertShows(store, before);
        });
  }

  private static List<ThrowingCallable> nulls(
      RankedStore<?> store, KeyValueSnapshot<Integer, String> snapshot) {
    List<ThrowingCallable> calls = new ArrayList<>();
    for (ReadOnlyKeyValueStore<Integer, String> view : List.of(store, snapshot)) {
      calls.add(() -> view.get(null));
      calls.add(() -> view.getAll(Arrays.asList(0, null)));
      calls.add(() -> view.range(null, 1));
      calls.add(() -> view.range(1, null));
      calls.add(() -> view.reverseRange(null, 1));
      calls.add(() -> view.reverseRange(1, null));
      calls.add(() -> view.prefix(null));
    }
    calls.addAll(
        List.of(
            () -> store.put(null, "value"),
            () -> store.put(0, null),
            () -> store.put(null, "value", Duration.ofDays(1)),
            () -> store.put(0, null, Duration.ofDays(1)),
            () -> store.put(0, "value", null),
            () -> store.putAll(Arrays.asList(new Entry<>(0, "value"), null)),
            () -> store.putAll(List.of(new Entry<>(0, "value"), new Entry<>(null, "value"))),
            () -> store.putAll(List.of(new Entry<>(0, "value"), new Entry<>(1, null))),
            () -> store.putIfAbsent(null, "value"),
            () -> store.putIfAbsent(3, null),
            () -> store.compute(null, old -> "value"),
            () -> store.compute(0, null),
            () -> store.merge(null, "value", String::concat),
            () -> store.merge(0, null, String::concat),
            () -> store.merge(3, "value", null),
            () -> store.merge(0, "value", (old, more) -> null),
            () -> store.delete(null),
            () -> store.deleteAll(Arrays.asList(0, null))));
    return calls;
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void several_are_put_in_order_and_several_removed(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          fill(tested, store);
          store.putAll(List.of(new Entry<>(1, "a"), new Entry<>(3, "b"), new Entry<>(1, "c")));
          store.putAll(List.of());
          store.deleteAll(List.of(0, 2, 5, 2));
          store.deleteAll(List.of());
          store.delete(5);
          assertShows(
              store,
              new TreeMap<>(
                  Map.of(1, "c", 3, "b", 4, "written-4", 6, "written-6", 7, "applied-7")));
        });
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void a_value_is_put_where_there_is_none(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          NavigableMap<Integer, String> expected = fill(tested, store);
          for (int rank = 0; rank < KeyKind.RANKS; rank++) {
            assertThat(store.putIfAbsent(rank, "new")).isEqualTo(expected.get(rank));
            expected.putIfAbsent(rank, "new");
          }
          assertShows(store, expected);
        });
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void a_value_is_computed_from_the_one_before(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          NavigableMap<Integer, String> expected = fill(tested, store);
          for (int rank = 0; rank < KeyKind.RANKS; rank++) {
            String before = expected.get(rank);
            String after = rank % 2 == 0 ? "after " + before : null;
            assertThat(
                    store.compute(
                        rank,
                        old -> {
                          assertThat(old).isEqualTo(before);
                          store.get(7); // may take the place of the entry
                          return after;
                        }))
                .isEqualTo(after);
            expected.compute(rank, (key, old) -> after);
          }
          assertShows(store, expected);
        });
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void a_function_that_fails_changes_nothing(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          NavigableMap<Integer, String> expected = fill(tested, store);
          for (int rank = 0; rank < KeyKind.RANKS; rank++) {
            int failing = rank;
            assertThat(catchThrowable(() -> store.compute(failing, old -> fail())))
                .hasMessage("on purpose");
            assertThat(
                    expected.containsKey(rank)
                        ? catchThrowable(() -> store.merge(failing, "", (old, more) -> fail()))
                        : new IllegalStateException("on purpose"))
                .hasMessage("on purpose");
          }
          assertShows(store, expected);
        });
  }

  private static String fail() {
    throw new IllegalStateException("on purpose");
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void a_value_is_merged_into_the_one_that_is_there(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          NavigableMap<Integer, String> expected = fill(tested, store);
          for (int rank = 0; rank < KeyKind.RANKS; rank++) {
            expected.merge(rank, "+", String::concat);
            assertThat(store.merge(rank, "+", String::concat)).isEqualTo(expected.get(rank));
          }
          assertShows(store, expected);
        });
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void an_iterator_shows_what_was_there_whatever_is_written_meanwhile(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          NavigableMap<Integer, String> before = fill(tested, store);
          List<KeyValueIterator<Integer, String>> iterators =
              List.of(
                  store.all(),
                  store.prefix(NO_PREFIX),
                  store.range(0, 7),
                  store.reverseAll(),
                  store.reverseRange(0, 7));
          List<NavigableMap<Integer, String>> expected =
              List.of(
                  before,
                  before,
                  before.headMap(7, false),
                  before.descendingMap(),
                  before.headMap(7, false).descendingMap());
          for (int rank = 0; rank < KeyKind.RANKS; rank++) {
            if (rank % 3 == 0) {
              store.delete(rank);
            } else {
              store.put(rank, "later");
            }
          }
          tested.commit();
          tested.state.drain();
          for (int i = 0; i < iterators.size(); i++) {
            assertThat(entries(iterators.get(i))).isEqualTo(entries(expected.get(i)));
          }
        });
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void a_snapshot_never_changes(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          NavigableMap<Integer, String> before = fill(tested, store);
          try (KeyValueSnapshot<Integer, String> snapshot = store.snapshot()) {
            NavigableMap<Integer, String> later = new TreeMap<>();
            for (int rank = 0; rank < KeyKind.RANKS; rank++) {
              store.put(rank, "later");
              later.put(rank, "later");
            }
            assertShows((RankedView<?>) snapshot, before);
            tested.commit();
            tested.state.closeIterators(); // the end of the record
            assertShows((RankedView<?>) snapshot, before);
            tested.state.drain();
            assertShows((RankedView<?>) snapshot, before);
            assertShows(store, later);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void the_number_of_entries_is_about_right(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          assertThat(store.approximateEntries()).isZero();
          fill(tested, store);
          assertThat(store.approximateEntries()).isBetween(5L, 20L);
          try (KeyValueSnapshot<Integer, String> snapshot = store.snapshot()) {
            assertThat(snapshot.approximateEntries()).isBetween(5L, 20L);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void an_iterator_that_was_closed_or_outlived_its_call_is_of_no_use(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          fill(tested, store);
          KeyValueIterator<Integer, String> closed = store.all();
          closed.close();
          closed.close();
          KeyValueIterator<Integer, String> left = store.range(0, 7);
          left.next();
          KeyValueSnapshot<Integer, String> snapshot = store.snapshot();
          KeyValueIterator<Integer, String> leftOfSnapshot = snapshot.reverseAll();
          tested.state.closeIterators();
          for (KeyValueIterator<Integer, String> useless : List.of(closed, left, leftOfSnapshot)) {
            assertUnusable(useless::hasNext, store);
            assertUnusable(useless::next, store);
          }
          snapshot.close();
        });
  }

  private static void assertUnusable(ThrowingCallable call, RankedStore<?> store) {
    assertThatIllegalStateException()
        .isThrownBy(call)
        .withMessageContaining("store " + store.kind)
        .withMessageContaining("after");
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void iterators_left_open_are_named_once_a_store(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          for (int call = 0; call < 2; call++) {
            store.reverseRange(0, 1);
            store.all();
            tested.state.closeIterators();
          }
          assertThat(warnings())
              .filteredOn(warning -> warning.contains("store " + store.kind + " "))
              .singleElement()
              .asString()
              .contains("Task main-1 left 2 iterators of store", "made by reverseRange");
        });
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void snapshots_left_open_are_named_when_the_task_ends(Caching caching) {
    try (StateUnderTest tested = open(caching, 0)) {
      everyStore(
          tested,
          store -> {
            store.snapshot();
            store.snapshot().close();
          });
    }
    assertThat(warnings())
        .hasSize(KeyKind.SERDES.size())
        .allMatch(warning -> warning.contains("Task main-1 ended with 1 snapshots of store"));
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void a_closed_snapshot_and_its_iterators_are_of_no_use(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          fill(tested, store);
          KeyValueSnapshot<Integer, String> snapshot = store.snapshot();
          KeyValueIterator<Integer, String> all = snapshot.all();
          KeyValueIterator<Integer, String> range = snapshot.range(0, 7);
          range.close();
          KeyValueIterator<Integer, String> ofStore = store.all();
          snapshot.close();
          snapshot.close();
          assertUnusable(all::hasNext, store);
          reads(snapshot).forEach(read -> assertUnusable(read, store));
          assertThat(ofStore.hasNext()).isTrue();
          ofStore.close();
        });
  }

  private static List<ThrowingCallable> reads(ReadOnlyKeyValueStore<Integer, String> view) {
    return List.of(
        () -> view.get(0),
        () -> view.getAll(List.of(0)),
        () -> view.getAll(List.of()),
        () -> view.range(0, 1),
        () -> view.reverseRange(0, 1),
        () -> view.prefix(NO_PREFIX),
        view::all,
        view::reverseAll,
        view::approximateEntries);
  }

  private static List<ThrowingCallable> writes(RankedStore<?> store) {
    return List.of(
        () -> store.put(0, "value"),
        () -> store.put(0, "value", Duration.ofDays(1)),
        () -> store.putAll(List.of()),
        () -> store.putAll(List.of(new Entry<>(0, "value"))),
        () -> store.putIfAbsent(0, "value"),
        () -> store.compute(0, old -> "value"),
        () -> store.merge(0, "value", String::concat),
        () -> store.delete(0),
        () -> store.deleteAll(List.of()),
        () -> store.deleteAll(List.of(0)),
        store::snapshot);
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void after_a_store_is_closed_nothing_of_it_can_be_used(Caching caching) {
    StateUnderTest tested = open(caching, 0);
    List<KeyValueSnapshot<Integer, String>> snapshots = new ArrayList<>();
    List<KeyValueIterator<Integer, String>> iterators = new ArrayList<>();
    everyStore(
        tested,
        store -> {
          fill(tested, store);
          snapshots.add(store.snapshot());
          iterators.add(store.all());
          iterators.add(snapshots.get(snapshots.size() - 1).all());
        });
    tested.close();
    everyStore(
        tested,
        store -> {
          reads(store).forEach(read -> assertUnusable(read, store));
          writes(store).forEach(write -> assertUnusable(write, store));
          reads(snapshots.remove(0)).forEach(read -> assertUnusable(read, store));
          assertUnusable(iterators.remove(0)::hasNext, store);
          assertUnusable(iterators.remove(0)::next, store);
        });
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void another_thread_may_call_nothing(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          NavigableMap<Integer, String> before = fill(tested, store);
          KeyValueSnapshot<Integer, String> snapshot = store.snapshot();
          KeyValueIterator<Integer, String> iterator = store.all();
          List<ThrowingCallable> calls = new ArrayList<>(reads(store));
          calls.addAll(writes(store));
          calls.addAll(reads(snapshot));
          calls.addAll(List.of(iterator::hasNext, iterator::next, iterator::close));
          calls.add(snapshot::close);
          for (ThrowingCallable call : calls) {
            assertThat(onAnotherThread(call))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("store " + store.kind)
                .hasMessageContaining("intruder");
          }
          assertThat(entries(iterator)).isEqualTo(entries(before));
          assertShows((RankedView<?>) snapshot, before);
          snapshot.close();
          assertShows(store, before);
        });
  }

  private static @Nullable Throwable onAnotherThread(ThrowingCallable call) {
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    Thread thread = new Thread(() -> thrown.set(catchThrowable(call)), "intruder");
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return thrown.get();
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void what_is_committed_is_there_after_a_crash_and_from_the_journal_alone(Caching caching) {
    StateUnderTest tested = open(caching, 0);
    Map<String, NavigableMap<Integer, String>> expected = new TreeMap<>();
    everyStore(tested, store -> expected.put(store.kind.name(), fill(tested, store)));
    tested.commit();
    everyStore(tested, store -> store.put(3, "not committed"));
    StateUnderTest crashed = tested.crash();
    everyStore(crashed, store -> assertShows(store, expected.get(store.kind.name())));
    crashed.close();
    try (StateUnderTest restored = crashed.openedAt(root.resolve("elsewhere"))) {
      everyStore(restored, store -> assertShows(store, expected.get(store.kind.name())));
    }
  }
}
