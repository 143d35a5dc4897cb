package io.tidemark.benchmarks.samza;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.samza.checkpoint.CheckpointId;
import org.apache.samza.storage.kv.Entry;
import org.apache.samza.storage.kv.KeyValueIterator;
import org.apache.samza.storage.kv.KeyValueStore;

/** A store of Samza in a map, of which single entries can be read and written. */
final class MapStore<V> implements KeyValueStore<Long, V> {
  private final Map<Long, V> entries = new HashMap<>();

  @Override
  public V get(Long key) {
    return entries.get(key);
  }

  @Override
  public void put(Long key, V value) {
    entries.put(key, value);
  }

  @Override
  public void putAll(List<Entry<Long, V>> all) {
    all.forEach(entry -> put(entry.getKey(), entry.getValue()));
  }

  @Override
  public void delete(Long key) {
    entries.remove(key);
  }

  @Override
  public KeyValueIterator<Long, V> range(Long from, Long to) {
    throw new UnsupportedOperationException();
  }

  @Override
  public KeyValueIterator<Long, V> all() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Path> checkpoint(CheckpointId id) {
    return Optional.empty();
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
