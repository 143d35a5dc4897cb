package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ObjectCacheTest {
  private static final long ALL_APPLIED = Long.MAX_VALUE;

  /** Keys that all have the same hash, and so stand in one long row of the table. */
  private record Collider(int id) {
    @Override
    public int hashCode() {
      return id % 3;
    }
  }

  @Test
  void whatIsThereIsFoundWhateverElseWasEvicted() {
    long seed = Long.getLong("tidemark.seed", System.nanoTime());
    Random random = new Random(seed);
    ObjectCache<Collider, Integer> cache = new ObjectCache<>(5_000);
    Map<Collider, CacheEntry<Collider, Integer>> added = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      Collider key = new Collider(random.nextInt(100));
      CacheEntry<Collider, Integer> found = cache.get(key);
      if (found == null) {
        cache.evict(ALL_APPLIED);
        CacheEntry<Collider, Integer> entry = new CacheEntry<>(key, key, new byte[4]);
        cache.add(entry, random.nextInt(50));
        added.put(key, entry);
      } else {
        assertThat(found).as("seed %d", seed).isSameAs(added.get(key));
      }
      assertThat(cache.get(key)).as("seed %d", seed).isSameAs(added.get(key));
    }
    Set<Collider> kept = new HashSet<>();
    cache.forEach(entry -> assertThat(kept.add(entry.key)).as("seed %d", seed).isTrue());
    kept.forEach(key -> assertThat(cache.get(key)).as("seed %d", seed).isNotNull());
    assertThat(cache.bytes()).isLessThan(6_000);
  }

  @Test
  void entriesAheadOfTheEngineStayAndTheTableShrinksWhenTheyMayGo() {
    ObjectCache<String, Integer> cache = new ObjectCache<>(1_000);
    for (int i = 0; i < 50_000; i++) {
      cache.evict(0);
      add(cache, "key" + i, 1);
    }
    for (int i = 0; i < 50_000; i++) {
      assertThat(cache.get("key" + i)).isNotNull();
    }
    for (int round = 0; cache.bytes() > 1_000 && round < 10_000; round++) {
      cache.evict(1);
    }
    assertThat(cache.bytes()).isLessThanOrEqualTo(1_000);
    Set<String> left = new HashSet<>();
    cache.forEach(entry -> left.add(entry.key));
    assertThat(left).isNotEmpty();
    left.forEach(key -> assertThat(cache.get(key)).isNotNull());
  }

  @Test
  void whatIsUsedAgainAndAgainOutlivesWhatIsUsedOnce() {
    ObjectCache<String, Integer> cache = new ObjectCache<>(20_000);
    add(cache, "hot", 0);
    for (int i = 0; i < 10_000; i++) {
      cache.evict(ALL_APPLIED);
      add(cache, "once" + i, 0);
      assertThat(cache.get("hot")).as("after %d others", i).isNotNull();
    }
  }

  private static void add(ObjectCache<String, Integer> cache, String key, long commit) {
    CacheEntry<String, Integer> entry =
        new CacheEntry<>(key, key, key.getBytes(StandardCharsets.UTF_8));
    entry.commit = commit;
    cache.add(entry, 4);
  }
}
