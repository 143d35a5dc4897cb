package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.BytesSerde;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.Serde;
import io.tidemark.api.StateException;
import io.tidemark.api.StringSerde;
import io.tidemark.api.TidemarkException;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What stores promise about large values, on whatever engine and cache. */
public abstract class StoreLimitContract extends StoresOfEveryKind {
  private static final String LARGEST = "v".repeat(StateUnderTest.MAX_VALUE_BYTES);

  @ParameterizedTest
  @MethodSource("cachings")
  void a_value_as_large_as_allowed_survives_commits_crashes_and_a_restore(Caching caching) {
    StateUnderTest tested = open(caching, 1_000);
    NavigableMap<Integer, String> all = new TreeMap<>();
    for (int rank = 0; rank < KeyKind.RANKS; rank++) {
      all.put(rank, LARGEST);
    }
    for (int i = 0; i < 50; i++) { // what is learnt of their size must not be held against them
      everyStore(tested, store -> all.forEach(store::put));
      tested.commit();
    }
    tested.state.drain();
    StateUnderTest crashed = tested.crash();
    everyStore(crashed, store -> assertShows(store, all));
    crashed.close();
    try (StateUnderTest restored = crashed.openedAt(root.resolve("elsewhere"))) {
      everyStore(restored, store -> assertShows(store, all));
    }
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void a_larger_text_is_refused_when_it_is_put_and_changes_nothing(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          NavigableMap<Integer, String> before = fill(tested, store);
          tested.commit();
          tested.state.drain();
          for (int rank = 0; rank < KeyKind.RANKS; rank++) {
            int key = rank;
            assertTooLarge(store, () -> store.put(key, LARGEST + "!"));
            assertTooLarge(store, () -> store.compute(key, old -> LARGEST + "!"));
            assertTooLarge(store, () -> store.merge(key, LARGEST + "!", (old, more) -> more));
          }
          assertTooLarge(store, () -> store.putIfAbsent(3, LARGEST + "!"));
          assertThat(tested.state.isDirty()).isFalse();
          assertThat(tested.build().stores()).isEmpty();
          tested.confirm(tested.blocks.get(tested.blocks.size() - 1));
          assertShows(store, before);
        });
  }

  private static void assertTooLarge(RankedStore<?> store, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(StateException.class)
        .hasMessageContaining("store " + store.kind + " of task main-1")
        .hasMessageContaining("stores." + store.kind + ".max.value.bytes")
        .asInstanceOf(InstanceOfAssertFactories.type(TidemarkException.class))
        .returns("TM-3016", TidemarkException::code);
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void larger_bytes_are_refused_when_they_are_put(Caching caching) {
    StoreSpec spec =
        StateUnderTest.spec(
            "s", new StringSerde(), new BytesSerde(), null, true, caching.mode(), 0);
    try (StateUnderTest tested = open(caching.bytes(), Stream.of(spec))) {
      KeyValueStore<String, byte[]> store = tested.store("s");
      store.put("a", new byte[StateUnderTest.MAX_VALUE_BYTES]);
      assertThatThrownBy(() -> store.put("a", new byte[StateUnderTest.MAX_VALUE_BYTES + 1]))
          .hasMessageContaining("the value of key a has 1001 bytes");
      tested.commit();
      assertThat(store.get("a")).hasSize(StateUnderTest.MAX_VALUE_BYTES);
    }
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void a_text_that_grows_when_serialized_is_refused_at_the_commit_at_the_latest(Caching caching) {
    everyStore(
        caching,
        0,
        (tested, store) -> {
          String characters = "\u20ac".repeat(StateUnderTest.MAX_VALUE_BYTES / 2);
          assertTooLarge(
              store,
              () -> {
                tested.state.makeUndoable();
                try {
                  store.put(0, characters);
                  tested.build();
                } finally {
                  tested.state.undo();
                }
              });
          assertThat(tested.blocks).isEmpty();
        });
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void only_the_serialized_form_of_a_value_counts(Caching caching) {
    StoreSpec spec =
        StateUnderTest.spec(
            "s", new StringSerde(), new FirstByteSerde(), null, true, caching.mode(), 0);
    try (StateUnderTest tested = open(caching.bytes(), Stream.of(spec))) {
      KeyValueStore<String, byte[]> store = tested.store("s");
      store.put("a", new byte[2 * StateUnderTest.MAX_VALUE_BYTES]);
      tested.commit();
      tested.state.drain();
      assertThat(store.get("a")).isNotEmpty();
    }
  }

  /** Keeps the first byte of a value, as one that compresses would keep few. */
  private static final class FirstByteSerde implements Serde<byte[]> {
    @Override
    public byte @Nullable [] toBytes(byte @Nullable [] object) {
      return object == null ? null : Arrays.copyOf(object, 1);
    }

    @Override
    public byte @Nullable [] fromBytes(byte @Nullable [] bytes) {
      return bytes;
    }
  }
}
