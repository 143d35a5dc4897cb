package io.tidemark.state;

import io.tidemark.api.KeyPrefetch;
import io.tidemark.api.ReadOnlyKeyValueStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Loads keys on other threads, to be in the cache when they are read.
 *
 * <p>Invariant: a value is taken only if the engine has applied nothing since the loading began. A
 * key that was written meanwhile is either in the cache still, or its write has been applied; so no
 * older value comes back. Confined to the task's worker, but for the loading.
 */
public final class Prefetch implements KeyPrefetch {
  /** Fewer keys are not worth another thread. */
  private static final int LEAST_PART = 32;

  private static final int MOST_PARTS = 4;

  private final TaskState state;
  private final Map<TaskStore<?, ?>, StorePart<?, ?>> parts = new LinkedHashMap<>();
  private final List<CompletableFuture<?>> loading = new ArrayList<>();
  private long appliedBefore;

  Prefetch(TaskState state) {
    this.state = state;
  }

  @Override
  @SuppressWarnings("unchecked") // a part is found by its store
  public <K> void add(ReadOnlyKeyValueStore<K, ?> given, K key) {
    ReadOnlyKeyValueStore<K, ?> store =
        given instanceof FedStore<K, ?> fed ? fed.contents() : given;
    if (store instanceof TaskStore<K, ?> own) {
      own.checkThread();
      Objects.requireNonNull(key, () -> "store " + own.name() + ": a key may not be null");
      StorePart<K, ?> part =
          (StorePart<K, ?>) parts.computeIfAbsent(own, added -> new StorePart<>(own));
      part.add(key);
    }
  }

  /** Begins to load. */
  public void start() {
    appliedBefore = state.appliedCommit();
    parts.values().forEach(part -> part.start(loading));
  }

  /** Waits for what is being loaded, and puts it into the cache. */
  public void finish() {
    await(loading);
    loading.forEach(state::loadEnded);
    parts.values().forEach(part -> part.adopt(appliedBefore));
  }

  /** Returns when nobody reads any more, whether well or not. */
  static void await(Collection<CompletableFuture<?>> loads) {
    CompletableFuture.allOf(loads.toArray(CompletableFuture<?>[]::new))
        .exceptionally(failed -> null) // the key is loaded again when it is read, and fails then
        .join();
  }

  /** The keys of one store. */
  private static final class StorePart<K, V> {
    private final TaskStore<K, V> store;
    private final Map<Object, CacheEntry<K, V>> missing = new LinkedHashMap<>();
    private final List<Loaded<K, V>> loaded = new ArrayList<>();

    private record Loaded<K, V>(
        List<CacheEntry<K, V>> entries, CompletableFuture<byte[] @Nullable []> values) {}

    StorePart(TaskStore<K, V> store) {
      this.store = store;
    }

    void add(K key) {
      CacheEntry<K, V> entry = store.entries().missing(key);
      if (entry != null) {
        missing.putIfAbsent(entry.cacheKey, entry);
      }
    }

    void start(List<CompletableFuture<?>> loading) {
      List<CacheEntry<K, V>> entries = new ArrayList<>(missing.values());
      int count = Math.min(MOST_PARTS, (entries.size() + LEAST_PART - 1) / LEAST_PART);
      for (int i = 0; i < count; i++) {
        List<CacheEntry<K, V>> some =
            entries.subList(entries.size() * i / count, entries.size() * (i + 1) / count);
        var values = store.entries().readBeside(some);
        loaded.add(new Loaded<>(some, values));
        loading.add(values);
      }
    }

    void adopt(long applied) {
      for (Loaded<K, V> some : loaded) {
        if (!some.values.isCompletedExceptionally()) {
          store.entries().adopt(some.entries, some.values.join(), applied);
        }
      }
    }
  }
}
