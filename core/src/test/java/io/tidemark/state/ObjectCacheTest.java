package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ObjectCacheTest {
  private static final int ENTRY_BYTES = 100;

  /** Keys that all have the same hash, and so stand in one long row of the table. */
  private record Collider(int id) {
    @Override
    public int hashCode() {
      return id % 3;
    }
  }

  private static final class Owner implements ObjectCache.Owner {
    private final int task;
    private final int store;
    private long applied = Long.MAX_VALUE;

    Owner(int task, int store) {
      this.task = task;
      this.store = store;
    }

    @Override
    public int task() {
      return task;
    }

    @Override
    public int store() {
      return store;
    }

    @Override
    public long appliedCommit() {
      return applied;
    }
  }

  private final Owner owner = new Owner(1, 2);

  @Test
  void whatIsThereIsFoundWhateverElseWasEvicted() {
    long seed = Long.getLong("tidemark.seed", System.nanoTime());
    Random random = new Random(seed);
    ObjectCache cache = new ObjectCache(5_000);
    List<Owner> others =
        List.of(
            new Owner(1, 3), // whose keys stand side by side with ours
            new Owner(1, 2 + 32), // and have the same hashes
            new Owner(4, 2));
    Map<List<Object>, CacheEntry<?, ?>> added = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      Collider key = new Collider(random.nextInt(100));
      Owner whose = random.nextBoolean() ? owner : others.get(random.nextInt(others.size()));
      if (step % 16 == 0) {
        cache.touch(1, new Object[] {key, null, new Collider(random.nextInt(100)), "absent"}, 4);
      }
      List<Object> place = List.of(whose, key);
      CacheEntry<?, ?> found = cache.get(whose, key);
      if (found == null) {
        cache.evict();
        CacheEntry<Collider, Integer> entry = new CacheEntry<>(whose, key, key, new byte[4]);
        cache.add(entry, random.nextInt(100), random.nextInt(100));
        added.put(place, entry);
      } else {
        assertThat(found).as("seed %d", seed).isSameAs(added.get(place));
        if (random.nextInt(10) == 0) {
          cache.remove(found);
          assertThat(cache.get(whose, key)).as("seed %d", seed).isNull();
          continue;
        }
      }
      assertThat(cache.get(whose, key)).as("seed %d", seed).isSameAs(added.get(place));
    }
    assertThat(cache.bytes()).isBetween(1L, 6_000L);
    cache.removeAll(others);
    long left = 0;
    for (int id = 0; id < 100; id++) {
      for (Owner other : others) {
        assertThat(cache.get(other, new Collider(id))).isNull();
      }
      CacheEntry<?, ?> entry = cache.get(owner, new Collider(id));
      left += entry == null ? 0 : entry.bytes;
    }
    assertThat(cache.bytes()).as("seed %d", seed).isEqualTo(left);
  }

  @Test
  void entriesAheadOfTheEngineStayAndTheTableShrinksWhenTheyMayGo() {
    ObjectCache cache = new ObjectCache(1_000);
    owner.applied = 0;
    for (int i = 0; i < 50_000; i++) {
      cache.evict();
      add(cache, "key" + i, 1);
    }
    for (int i = 0; i < 50_000; i++) {
      assertThat(cache.get(owner, "key" + i)).isNotNull();
    }
    assertThat(cache.excess()).isEqualTo(50_000L * ENTRY_BYTES - 1_000);
    owner.applied = 1;
    for (int round = 0; cache.excess() > 0 && round < 10_000; round++) {
      cache.evict();
    }
    assertThat(cache.bytes()).isBetween(1L, 1_000L);
    List<String> left = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      if (cache.get(owner, "key" + i) != null) {
        left.add("key" + i);
      }
    }
    assertThat(left).hasSize((int) (cache.bytes() / ENTRY_BYTES));
  }

  @Test
  void whatIsUsedAgainAndAgainOutlivesALongScan() {
    ObjectCache cache = new ObjectCache(200 * ENTRY_BYTES);
    for (int i = 0; i < 50; i++) {
      add(cache, "hot" + i, 0);
    }
    for (int i = 0; i < 10_000; i++) {
      for (int j = 0; j < 3; j++) {
        assertThat(cache.get(owner, "hot" + (3 * i + j) % 50)).as("after %d others", i).isNotNull();
      }
      cache.evict();
      add(cache, "once" + i, 0);
    }
  }

  private void add(ObjectCache cache, String key, long commit) {
    CacheEntry<String, Integer> entry =
        new CacheEntry<>(owner, key, key, key.getBytes(StandardCharsets.UTF_8));
    entry.commit = commit;
    cache.add(entry, ENTRY_BYTES, 0);
  }
}
