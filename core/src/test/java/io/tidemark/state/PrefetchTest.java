package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.LongSerde;
import io.tidemark.api.StringSerde;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrefetchTest {
  private final long seed = Long.getLong("tidemark.seed", System.nanoTime());
  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private final List<WatchedEngine> engines = new ArrayList<>();

  @TempDir Path root;

  @AfterEach
  void stop() throws InterruptedException {
    threads.shutdown();
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  private StateUnderTest open(long cacheBytes) {
    return new StateUnderTest(
        root.resolve("" + engines.size()),
        cacheBytes,
        List.of(StateUnderTest.spec("s", new StringSerde(), new LongSerde(), null, true)),
        StateUnderTest.NEVER_BY_ITSELF,
        Runnable::run,
        engine -> {
          engines.add(new WatchedEngine(engine));
          return engines.get(engines.size() - 1);
        });
  }

  private static KeyValueStore<String, Long> store(StateUnderTest tested) {
    return tested.store("s");
  }

  private static void commitAndApply(StateUnderTest tested) {
    tested.commit();
    tested.state.applyAll();
  }

  /** Keeps few entries, so that all but the latest have to be loaded. */
  private static void fill(StateUnderTest tested, int keys) {
    for (int i = 0; i < keys; i++) {
      store(tested).put("key" + i, (long) i);
    }
    commitAndApply(tested);
  }

  @Test
  void keysThatWereNamedAreReadTogetherAndNotOneByOne() {
    try (StateUnderTest tested = open(100_000)) {
      fill(tested, 5_000);
      tested.state.maintain();
      for (int i = 0; i < 100; i++) {
        tested.cache.evict();
      }
      Prefetch prefetch = tested.state.prefetch();
      for (int i = 0; i < 300; i++) {
        prefetch.add(store(tested), "key" + i);
      }
      prefetch.start();
      prefetch.finish();
      int gets = engines.get(0).gets.get();
      for (int i = 0; i < 300; i++) {
        assertThat(store(tested).get("key" + i)).isEqualTo(i);
      }
      assertThat(engines.get(0).gets.get() - gets)
          .as("a full cache may evict a few of them again")
          .isLessThan(60);
    }
  }

  @Test
  void aValueThatWasOvertakenWhileItWasLoadedIsNotTaken() {
    try (LateApplier late = new LateApplier();
        StateUnderTest tested = open(0)) {
      fill(tested, 100);
      tested.readers = late;
      Prefetch prefetch = tested.state.prefetch();
      prefetch.add(store(tested), "key1");
      prefetch.start();
      late.runWaiting(); // the old value has been read
      store(tested).put("key1", 1000L);
      commitAndApply(tested);
      for (int i = 2; i < 50; i++) {
        store(tested).get("key" + i); // takes the new one's place in the cache
      }
      prefetch.finish();
      assertThat(store(tested).get("key1")).isEqualTo(1000L);
    }
  }

  @Test
  void aTaskThatClosesWaitsForWhatIsBeingLoaded() {
    try (StateUnderTest tested = open(0)) {
      fill(tested, 100);
      tested.readers = threads;
      for (int i = 0; i < 20; i++) {
        Prefetch prefetch = tested.state.prefetch();
        for (int j = 0; j < 100; j++) {
          prefetch.add(store(tested), "key" + j);
        }
        prefetch.start();
      }
    }
    assertThat(engines.get(0).readAfterClose).isFalse();
  }

  @Test
  void whateverIsPrefetchedReadsGiveWhatWasWrittenLast() {
    try (LateApplier applier = new LateApplier();
        StateUnderTest tested =
            new StateUnderTest(
                root,
                3_000,
                List.of(StateUnderTest.spec("s", new StringSerde(), new LongSerde(), null, true)),
                StateUnderTest.NEVER_BY_ITSELF,
                applier)) {
      applier.open();
      tested.readers = threads;
      Random random = new Random(seed);
      Map<String, Long> model = new HashMap<>();
      List<Prefetch> open = new ArrayList<>();
      for (long step = 0; step < 30_000; step++) {
        String key = "key" + random.nextInt(200);
        switch (random.nextInt(12)) {
          case 0 -> {
            Prefetch prefetch = tested.state.prefetch();
            for (int i = random.nextInt(100); i > 0; i--) {
              prefetch.add(store(tested), "key" + random.nextInt(200));
            }
            prefetch.start();
            open.add(prefetch);
          }
          case 1, 2 -> {
            if (!open.isEmpty()) {
              open.remove(0).finish();
            }
          }
          case 3, 4, 5 -> {
            store(tested).put(key, step);
            model.put(key, step);
          }
          case 6 -> {
            if (random.nextInt(10) == 0) {
              tested.commit();
              tested.state.maintain();
            }
          }
          default ->
              assertThat(store(tested).get(key))
                  .as("seed %d, step %d", seed, step)
                  .isEqualTo(model.get(key));
        }
      }
      Map<String, Long> all = new HashMap<>();
      try (KeyValueIterator<String, Long> scan = store(tested).all()) {
        scan.forEachRemaining(entry -> all.put(entry.key(), entry.value()));
      }
      assertThat(all).as("seed %d, all entries", seed).isEqualTo(model);
    }
  }
}
