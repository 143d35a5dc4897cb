package io.tidemark.state;

import io.tidemark.api.KeyPrefetch;
import io.tidemark.api.ReadOnlyKeyValueStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Loads keys on other threads, to be in the cache when they are read. Confined to the task's
 * worker.
 */
public final class Prefetch implements KeyPrefetch {
  private final Map<TaskStore<?, ?>, StorePart<?, ?>> parts = new LinkedHashMap<>();
  private final List<EntryLoad<?, ?>> loads = new ArrayList<>();

  Prefetch() {}

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
    parts.values().forEach(part -> loads.add(part.load()));
  }

  /** Waits for what is being loaded, and puts it into the cache. */
  public void finish() {
    loads.forEach(EntryLoad::finish);
  }

  /** The keys of one store. */
  private static final class StorePart<K, V> {
    private final TaskStore<K, V> store;
    private final Map<Object, CacheEntry<K, V>> missing = new LinkedHashMap<>();

    StorePart(TaskStore<K, V> store) {
      this.store = store;
    }

    void add(K key) {
      CacheEntry<K, V> entry = store.entries().missing(key);
      if (entry != null) {
        missing.putIfAbsent(entry.cacheKey, entry);
      }
    }

    EntryLoad<K, V> load() {
      return store.entries().beginLoad(new ArrayList<>(missing.values()));
    }
  }
}
