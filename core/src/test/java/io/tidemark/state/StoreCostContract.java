package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Entry;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.Serde;
import io.tidemark.api.StringSerde;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How often stores ask their engine and their serdes, on whatever engine and cache. */
public abstract class StoreCostContract extends StoresOfEveryKind {

  @ParameterizedTest
  @MethodSource("cachings")
  void a_function_costs_one_lookup_whether_it_may_be_undone_or_not(Caching caching) {
    List<Consumer<RankedStore<?>>> functions =
        List.of(
            store -> store.compute(0, old -> old + "+"),
            store -> store.compute(1, old -> null),
            store -> store.merge(2, "+", String::concat),
            store -> store.putIfAbsent(3, "not there"),
            store -> store.putIfAbsent(4, "there now"),
            store -> store.merge(5, "there now", String::concat));
    for (boolean undoable : new boolean[] {false, true}) {
      try (StateUnderTest tested =
          reopened(
              caching,
              root.resolve("undoable-" + undoable),
              store -> List.of(0, 1, 2, 3).forEach(rank -> store.put(rank, "value")))) {
        everyStore(
            tested,
            store -> {
              for (Consumer<RankedStore<?>> function : functions) {
                if (undoable) {
                  tested.state.makeUndoable();
                }
                int before = gets();
                function.accept(store);
                assertThat(gets() - before).isEqualTo(1);
                tested.state.keep();
              }
            });
      }
    }
  }

  /** With nothing cached, and what was written in the engine. */
  private StateUnderTest reopened(Caching caching, Path place, Consumer<RankedStore<?>> write) {
    StateUnderTest first = open(caching, 0);
    everyStore(first, write);
    first.commit();
    first.close();
    return first.openedAt(place);
  }

  private int gets() {
    return engines.get(engines.size() - 1).gets.get();
  }

  @ParameterizedTest
  @MethodSource("cachings")
  void several_keys_are_read_together_and_once(Caching caching) {
    try (StateUnderTest tested =
        reopened(
            caching,
            root.resolve("again"),
            store -> {
              for (int rank = 0; rank < KeyKind.RANKS; rank++) {
                store.put(rank, "x".repeat(300));
              }
            })) {
      everyStore(
          tested,
          store -> {
            int before = gets();
            assertThat(store.getAll(List.of(0, 1, 2, 3, 4, 5, 6, 7))).hasSize(8);
            assertThat(gets()).as("reads one by one").isEqualTo(before);
          });
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2_000, 1 << 30})
  void a_value_that_changes_often_between_two_commits_is_serialized_once_or_twice_if_not_read(
      long cacheBytes) {
    CountingSerde values = new CountingSerde();
    StoreSpec spec = StateUnderTest.spec("counts", new StringSerde(), values, null, true);
    try (StateUnderTest tested = open(cacheBytes, Stream.of(spec))) {
      KeyValueStore<String, Long> counts = tested.store("counts");
      int writtenBefore = 0;
      for (int commit = 1; commit <= 3; commit++) {
        for (int i = 0; i < 1_000; i++) {
          counts.merge("page", 1L, Long::sum);
          counts.put("other", (long) i);
        }
        int before = values.written;
        assertThat(before)
            .as("the first of the values put")
            .isBetween(writtenBefore, writtenBefore + 1);
        tested.commit();
        assertThat(values.written).isEqualTo(before + 2);
        writtenBefore = values.written;
        tested.state.drain();
      }
      assertThat(counts.get("page")).isEqualTo(3_000);
    }
  }

  /** Numbers as text, counting how often one is written. */
  private static final class CountingSerde implements Serde<Long> {
    private final StringSerde text = new StringSerde();
    int written;

    @Override
    public byte @Nullable [] toBytes(@Nullable Long object) {
      written++;
      return text.toBytes(object == null ? null : object.toString());
    }

    @Override
    public @Nullable Long fromBytes(byte @Nullable [] bytes) {
      String read = text.fromBytes(bytes);
      return read == null ? null : Long.valueOf(read);
    }
  }

  @Test
  void a_scan_neither_writes_the_cache_out_nor_drives_out_what_is_used() {
    CountingSerde values = new CountingSerde();
    StoreSpec spec = StateUnderTest.spec("counts", new StringSerde(), values, null, true);
    try (StateUnderTest tested = open(20_000, Stream.of(spec))) {
      KeyValueStore<String, Long> counts = tested.store("counts");
      List<Entry<String, Long>> many =
          IntStream.range(0, 2_000).mapToObj(i -> new Entry<>("key-" + i, (long) i)).toList();
      counts.putAll(many);
      tested.commit();
      tested.state.drain();
      tested.state.maintain();
      List<String> hot = IntStream.range(0, 20).mapToObj(i -> "key-" + i * 7).toList();
      for (int i = 0; i < 10; i++) {
        hot.forEach(counts::get);
      }
      counts.put("key-1", -1L);
      int written = values.written;
      int gets = gets();
      List<Long> found = new ArrayList<>();
      for (KeyValueIterator<String, Long> scan :
          List.of(counts.all(), counts.reverseAll(), counts.range("key-0", "key-9999"))) {
        try (scan) {
          scan.forEachRemaining(entry -> found.add(entry.value()));
        }
      }
      assertThat(found).hasSize(6_000).contains(-1L);
      hot.forEach(counts::get);
      assertThat(values.written).as("written by the scans").isEqualTo(written);
      assertThat(gets()).as("looked up after the scans").isEqualTo(gets);
      assertThat(tested.build().stores()).singleElement().returns(1, changes -> changes.count());
    }
  }
}
