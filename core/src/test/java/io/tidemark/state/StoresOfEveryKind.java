package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tidemark.api.Entry;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.StringSerde;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Stores of strings on the engine under test, one for each kind of keys, to be opened with every
 * kind of cache. The contracts of stores extend this, and an engine's test extends them. Confined
 * to one thread.
 */
public abstract class StoresOfEveryKind {
  /** Few, since an engine's scan costs one cursor each. */
  static final Slots SLOTS = new Slots(16, 2, 1);

  @TempDir Path root;

  final List<WatchedEngine> engines = new ArrayList<>();
  private final Logger log = (Logger) LoggerFactory.getLogger(TaskState.class);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private EngineFactory factory;

  /** Makes the factory under test. */
  protected abstract EngineFactory createFactory();

  @BeforeEach
  void makeFactory() {
    factory = createFactory();
    logged.start();
    log.addAppender(logged);
    log.setAdditive(false); // most tests leave something open, on purpose
  }

  @AfterEach
  void closeFactory() {
    factory.close();
    log.detachAppender(logged);
    log.setAdditive(true);
  }

  /** What was logged as a warning. */
  List<String> warnings() {
    return logged.list.stream()
        .filter(event -> event.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  /** How entries are cached. */
  record Caching(CacheMode mode, long bytes) {
    @Override
    public String toString() {
      return mode + ", cache of " + bytes + " bytes";
    }
  }

  static Stream<Caching> cachings() {
    return Stream.of(CacheMode.values())
        .flatMap(mode -> Stream.of(0L, 2_000L, 1L << 30).map(bytes -> new Caching(mode, bytes)));
  }

  /** A store for each kind of keys. */
  StateUnderTest open(Caching caching, long ttlMs) {
    return open(
        caching.bytes, KeyKind.SERDES.stream().map(kind -> spec(kind, caching.mode, ttlMs)));
  }

  /** These stores on one engine, which is the last of {@link #engines}. */
  StateUnderTest open(long cacheBytes, Stream<StoreSpec> specs) {
    return new StateUnderTest(
        new StateUnderTest.Opening(
            root,
            cacheBytes,
            specs.toList(),
            SLOTS,
            StateUnderTest.NEVER_BY_ITSELF,
            Runnable::run,
            watchedFactory()));
  }

  EngineFactory watchedFactory() {
    return new StateUnderTest.Around(
        factory,
        engine -> {
          engines.add(new WatchedEngine(engine));
          return engines.get(engines.size() - 1);
        });
  }

  static <K> StoreSpec spec(KeyKind<K> kind, CacheMode mode, long ttlMs) {
    return StateUnderTest.spec(
        kind.name(),
        kind.serde(),
        new StringSerde(),
        kind.partitioningKey(),
        kind.splittable(),
        mode,
        ttlMs);
  }

  /** How many entries the engine opened last has for its store of that index, expired or not. */
  long engineEntries(int store) {
    long count = 0;
    try (EngineIterator entries = engines.get(engines.size() - 1).scan(store, new byte[0], null)) {
      for (; entries.valid(); entries.next()) {
        count++;
      }
    }
    return count;
  }

  /** Opens stores, and checks something of each. */
  void everyStore(Caching caching, long ttlMs, BiConsumer<StateUnderTest, RankedStore<?>> check) {
    try (StateUnderTest tested = open(caching, ttlMs)) {
      everyStore(tested, store -> check.accept(tested, store));
    }
  }

  /** Checks something of each store. */
  static void everyStore(StateUnderTest tested, Consumer<RankedStore<?>> check) {
    for (KeyKind<?> kind : KeyKind.SERDES) {
      try {
        check.accept(ranked(tested, kind));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("with " + kind + " as keys: " + e.getMessage(), e);
      }
    }
  }

  static <K> RankedStore<K> ranked(StateUnderTest tested, KeyKind<K> kind) {
    return new RankedStore<>(kind, tested.store(kind.name()));
  }

  /**
   * Writes entries of which the engine has some, a held block some, and nobody but the store the
   * rest, with older ones below.
   *
   * @return what there is then, by rank
   */
  static NavigableMap<Integer, String> fill(StateUnderTest tested, RankedStore<?> store) {
    for (int rank = 0; rank < KeyKind.RANKS; rank++) {
      store.put(rank, "applied-" + rank);
    }
    tested.commit();
    tested.state.drain();
    List.of(1, 2).forEach(rank -> store.put(rank, "held-" + rank));
    store.delete(3);
    tested.commit();
    List.of(2, 4, 6).forEach(rank -> store.put(rank, "written-" + rank));
    store.delete(5);
    return new TreeMap<>(
        Map.of(
            0, "applied-0",
            1, "held-1",
            2, "written-2",
            4, "written-4",
            6, "written-6",
            7, "applied-7"));
  }

  /** What an iterator gives, in its order, before it is closed. */
  static List<Entry<Integer, String>> entries(KeyValueIterator<Integer, String> iterator) {
    List<Entry<Integer, String>> entries = new ArrayList<>();
    try (iterator) {
      iterator.forEachRemaining(entries::add);
    }
    return entries;
  }

  /** The same of a model. */
  static List<Entry<Integer, String>> entries(Map<Integer, String> model) {
    return model.entrySet().stream()
        .map(entry -> new Entry<>(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** Reads everything in every way, and compares. */
  static <K> void assertShows(RankedView<K> view, NavigableMap<Integer, String> expected) {
    List<Integer> ranks = Stream.iterate(0, rank -> rank + 1).limit(KeyKind.RANKS).toList();
    ranks.forEach(rank -> assertThat(view.get(rank)).isEqualTo(expected.get(rank)));
    assertThat(view.getAll(ranks)).isEqualTo(expected);
    assertThat(entries(view.all())).isEqualTo(entries(expected));
    assertThat(entries(view.reverseAll())).isEqualTo(entries(expected.descendingMap()));
    for (int from : ranks) {
      for (int to = from; to < KeyKind.RANKS; to += 3) {
        NavigableMap<Integer, String> range = expected.subMap(from, true, to, false);
        assertThat(entries(view.range(from, to))).isEqualTo(entries(range));
        assertThat(entries(view.reverseRange(from, to))).isEqualTo(entries(range.descendingMap()));
      }
    }
  }
}
