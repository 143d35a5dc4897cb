package io.tidemark.coordinator;

import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Metadata that lasts as long as the process: for tests, simulation, and jobs in memory. */
public final class MemoryMetadataStore implements MetadataStore {
  private final TreeMap<String, Entry> entries = new TreeMap<>();
  private long versions;

  @Override
  public synchronized @Nullable Entry get(String name) {
    Entry entry = entries.get(name);
    return entry == null ? null : new Entry(entry.value().clone(), entry.version());
  }

  @Override
  public synchronized long put(String name, byte[] value, long version) {
    if (versionOf(name) != version) {
      return 0;
    }
    entries.put(name, new Entry(value.clone(), ++versions));
    return versions;
  }

  @Override
  public synchronized boolean delete(String name, long version) {
    if (entries.containsKey(name) && versionOf(name) != version) {
      return false;
    }
    entries.remove(name);
    return true;
  }

  private long versionOf(String name) {
    Entry entry = entries.get(name);
    return entry == null ? 0 : entry.version();
  }

  @Override
  public synchronized List<String> list(String prefix) {
    return entries.keySet().stream().filter(name -> name.startsWith(prefix)).toList();
  }

  @Override
  public void close() {}
}
