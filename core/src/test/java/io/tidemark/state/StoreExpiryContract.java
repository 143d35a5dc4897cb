package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tidemark.api.KeyValueSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What stores promise about entries that expire, on whatever engine and cache. */
public abstract class StoreExpiryContract extends StoresOfEveryKind {
  private static final long TTL_MS = 1_000;
  private static final long START_MS = 1_700_000_000_000L;
  private static final NavigableMap<Integer, String> NOTHING = new TreeMap<>();

  /** Stores whose entries live for a second. */
  private StateUnderTest opened(Caching caching) {
    StateUnderTest tested = open(caching, TTL_MS);
    tested.nowMs = START_MS;
    return tested;
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void an_entry_is_gone_from_every_read_to_the_millisecond(Caching caching) {
    try (StateUnderTest tested = opened(caching)) {
      everyStore(
          tested,
          store -> {
            NavigableMap<Integer, String> all = fill(tested, store);
            KeyValueSnapshot<Integer, String> snapshot = store.snapshot();
            tested.nowMs += TTL_MS - 1;
            assertShows(store, all);
            assertShows((RankedView<?>) snapshot, all);
            tested.nowMs += 1;
            assertShows(store, NOTHING);
            assertShows((RankedView<?>) snapshot, NOTHING);
            try (KeyValueSnapshot<Integer, String> later = store.snapshot()) {
              assertShows((RankedView<?>) later, NOTHING);
            }
            snapshot.close();
          });
    }
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void functions_take_an_expired_value_for_absent_and_begin_its_time_anew(Caching caching) {
    try (StateUnderTest tested = opened(caching)) {
      everyStore(
          tested,
          store -> {
            fill(tested, store);
            tested.nowMs += TTL_MS;
            assertThat(store.putIfAbsent(0, "a")).isNull();
            assertThat(store.compute(1, old -> "b" + old)).isEqualTo("bnull");
            assertThat(store.compute(2, old -> null)).isNull();
            assertThat(store.merge(4, "c", String::concat)).isEqualTo("c");
            tested.nowMs += TTL_MS - 1;
            assertShows(store, new TreeMap<>(Map.of(0, "a", 1, "bnull", 4, "c")));
            store.merge(4, "c", String::concat);
            store.compute(1, old -> old + "b");
            tested.nowMs += 1;
            assertShows(store, new TreeMap<>(Map.of(1, "bnullb", 4, "cc")));
          });
    }
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void the_time_of_an_entry_goes_before_that_of_its_store(Caching caching) {
    try (StateUnderTest tested = opened(caching)) {
      everyStore(
          tested,
          store -> {
            store.put(0, "shorter", Duration.ofMillis(5));
            store.put(1, "longer", Duration.ofMillis(TTL_MS + 5));
            store.put(2, "rounded up", Duration.ofNanos(1));
            store.put(3, "for ever", Duration.ofSeconds(Long.MAX_VALUE));
            store.put(4, "as the store says, after all", Duration.ofMillis(1));
            store.put(4, "as the store says, after all");
            tested.commit();
            tested.state.drain();
            assertThat(store.get(2)).isEqualTo("rounded up");
            tested.nowMs += 1;
            assertThat(store.get(2)).isNull();
            tested.nowMs += 3;
            assertThat(store.get(0)).isEqualTo("shorter");
            tested.nowMs += 1;
            assertThat(store.get(0)).isNull();
            assertThat(store.get(4)).isEqualTo("as the store says, after all");
            tested.nowMs += TTL_MS - 5;
            assertThat(store.get(4)).isNull();
            tested.nowMs += 4;
            assertThat(store.get(1)).isEqualTo("longer");
            tested.nowMs += 1;
            assertThat(store.get(1)).isNull();
            tested.nowMs += TimeUnit.DAYS.toMillis(1_000_000);
            assertThat(store.get(3)).isEqualTo("for ever");
          });
    }
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void a_time_that_is_not_positive_is_refused_and_changes_nothing(Caching caching) {
    try (StateUnderTest tested = opened(caching)) {
      everyStore(
          tested,
          store -> {
            NavigableMap<Integer, String> all = fill(tested, store);
            tested.commit();
            tested.state.drain();
            for (Duration refused : List.of(Duration.ZERO, Duration.ofNanos(-1))) {
              for (int rank = 0; rank < KeyKind.RANKS; rank++) {
                int key = rank;
                assertThatIllegalArgumentException()
                    .isThrownBy(() -> store.put(key, "never", refused))
                    .withMessageContaining("store " + store.kind);
              }
            }
            assertThat(tested.state.isDirty()).isFalse();
            assertShows(store, all);
          });
    }
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void an_iterator_shows_what_lived_when_it_was_made(Caching caching) {
    try (StateUnderTest tested = opened(caching)) {
      everyStore(
          tested,
          store -> {
            NavigableMap<Integer, String> all = fill(tested, store);
            var iterator = store.all();
            tested.nowMs += TTL_MS;
            assertThat(entries(iterator)).isEqualTo(entries(all));
          });
    }
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void entries_expire_at_their_time_after_a_crash_and_a_restore(Caching caching) {
    StateUnderTest tested = opened(caching);
    Map<String, NavigableMap<Integer, String>> expected = new TreeMap<>();
    everyStore(tested, store -> expected.put(store.kind.name(), fill(tested, store)));
    tested.commit();
    tested.nowMs += TTL_MS - 1;
    StateUnderTest crashed = tested.crash();
    everyStore(crashed, store -> assertShows(store, expected.get(store.kind.name())));
    crashed.close();
    try (StateUnderTest restored = crashed.openedAt(root.resolve("elsewhere"))) {
      everyStore(restored, store -> assertShows(store, expected.get(store.kind.name())));
      restored.nowMs += 1;
      everyStore(restored, store -> assertShows(store, NOTHING));
    }
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void a_clock_that_is_set_back_brings_nothing_back(Caching caching) {
    for (boolean drained : new boolean[] {false, true}) {
      StateUnderTest empty = opened(caching);
      empty.close();
      StateUnderTest tested = empty.openedAt(root.resolve("drained-" + drained));
      everyStore(
          tested,
          store -> {
            fill(tested, store);
            tested.nowMs += TTL_MS;
            assertShows(store, NOTHING);
            tested.nowMs -= TTL_MS;
            assertShows(store, NOTHING);
            tested.nowMs += TTL_MS;
          });
      tested.commit(); // the time is part of it
      if (drained) {
        tested.state.drain(); // so that the engine has the last block already
      }
      tested.nowMs -= TTL_MS;
      try (StateUnderTest crashed = tested.crash()) {
        everyStore(crashed, store -> assertShows(store, NOTHING));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void the_space_of_expired_entries_is_given_back(Caching caching) {
    try (StateUnderTest tested = opened(caching)) {
      everyStore(tested, store -> fill(tested, store));
      tested.commit();
      tested.nowMs += TTL_MS;
      awaitEmpty(tested);
    }
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void the_space_is_given_back_however_late_the_engine_got_the_entries(Caching caching) {
    try (StateUnderTest tested = open(caching, 0)) {
      everyStore(tested, store -> store.put(0, "short", Duration.ofMillis(100)));
      tested.commit();
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
      while (System.nanoTime() < until) {
        tested.state.sweep(); // and finds the engine empty each time
      }
      tested.state.drain();
      tested.nowMs += 100;
      awaitEmpty(tested);
    }
  }

  private void awaitEmpty(StateUnderTest tested) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    everyStore(
        tested,
        store -> {
          while (engineEntries(KeyKind.SERDES.indexOf(store.kind)) > 0) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            tested.state.sweep();
            tested.commit();
            tested.state.drain();
          }
        });
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void an_entry_written_while_expired_ones_are_removed_stays(Caching caching) {
    KeyKind<?> kind = KeyKind.SERDES.get(0);
    LateApplier late = new LateApplier();
    try (late;
        StateUnderTest tested =
            new StateUnderTest(
                new StateUnderTest.Opening(
                    root,
                    caching.bytes(),
                    List.of(spec(kind, caching.mode(), TTL_MS)),
                    SLOTS,
                    new TaskState.HoldingLimits(1, 1, Long.MAX_VALUE),
                    late,
                    watchedFactory()))) {
      RankedStore<?> store = ranked(tested, kind);
      store.put(0, "old");
      store.put(1, "old");
      tested.commit();
      tested.state.maintain();
      late.runWaiting();
      tested.nowMs += TTL_MS;
      store.put(0, "new");
      tested.commit();
      tested.state.maintain();
      engines.get(0).afterScan = late::runWaiting;
      tested.state.sweep();
      engines.get(0).afterScan = () -> {};
      assertShows(store, new TreeMap<>(Map.of(0, "new")));
      late.open();
      tested.commit();
      tested.state.drain();
      assertShows(store, new TreeMap<>(Map.of(0, "new")));
      assertThat(engineEntries(0)).as("the other is removed").isEqualTo(1);
    }
  }
}
