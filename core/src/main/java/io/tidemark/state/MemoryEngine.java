package io.tidemark.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the bytes of a task's stores in sorted maps.
 *
 * <p>Changes become visible all at once, and readers never wait: {@link #apply} first puts {@link
 * Version}s that keep the value before, then publishes the sequence number from which the new
 * values hold, then drops the values before. So there is never more than one apply's worth of old
 * values.
 *
 * <p>Threads: one applies, any number read.
 */
final class MemoryEngine implements StorageEngine {

  /** The sequence number of a version that everybody sees. */
  private static final long SETTLED = 0;

  private final List<Store> stores = new ArrayList<>();
  private volatile Published published = new Published(SETTLED, EngineCommit.NONE);

  MemoryEngine(int stores) {
    for (int i = 0; i < stores; i++) {
      this.stores.add(new Store());
    }
  }

  @Override
  public EngineCommit commit() {
    return published.commit();
  }

  @Override
  public byte @Nullable [] get(int store, byte[] key) {
    long sequence = published.sequence();
    Version version = stores.get(store).versions.get(key);
    byte[] value = version == null ? null : version.at(sequence);
    return value == null ? null : value.clone();
  }

  @Override
  public EngineIterator scan(int store, byte[] from, byte @Nullable [] to) {
    long sequence = published.sequence();
    ConcurrentNavigableMap<byte[], Version> versions = stores.get(store).versions;
    if (to == null) {
      return new Cursor(versions.tailMap(from).entrySet().iterator(), sequence);
    }
    if (Arrays.compareUnsigned(from, to) >= 0) {
      return new Cursor(Collections.emptyIterator(), sequence);
    }
    return new Cursor(versions.subMap(from, to).entrySet().iterator(), sequence);
  }

  @Override
  public void apply(Iterable<Change> changes, EngineCommit commit) {
    List<Change> all = new ArrayList<>();
    for (Change change : changes) {
      Objects.checkIndex(change.store(), stores.size());
      all.add(change);
    }
    long next = published.sequence() + 1;
    all.forEach(change -> stores.get(change.store()).put(change, next));
    published = new Published(next, commit);
    all.forEach(change -> stores.get(change.store()).settle(change));
  }

  @Override
  public void flush() {
    // Nothing here survives the process, so there is nothing to make durable.
  }

  @Override
  public long approximateEntries(int store) {
    return stores.get(store).entries;
  }

  @Override
  public void close() {
    stores.forEach(store -> store.versions.clear());
  }

  /** What readers see: versions up to a sequence number, which make up the state at a commit. */
  private record Published(long sequence, EngineCommit commit) {}

  /**
   * A key's value, and the one before while the apply that changes it is under way.
   *
   * @param since the sequence number from which the value holds
   * @param value null if the key is removed
   * @param before the value until then; null if there was none
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Version(long since, byte @Nullable [] value, byte @Nullable [] before) {
    byte @Nullable [] at(long sequence) {
      return since <= sequence ? value : before;
    }
  }

  private static final class Store {
    final ConcurrentNavigableMap<byte[], Version> versions =
        new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
    volatile long entries;

    void put(Change change, long since) {
      Version old = versions.get(change.key());
      if (old != null) {
        versions.put(change.key(), new Version(since, change.value(), old.value()));
      } else if (change.value() != null) {
        versions.put(change.key(), new Version(since, change.value(), null));
      }
      long before = entries;
      entries = before + (change.value() == null ? 0 : 1) - (old == null ? 0 : 1);
    }

    void settle(Change change) {
      if (change.value() == null) {
        versions.remove(change.key());
      } else {
        versions.put(change.key(), new Version(SETTLED, change.value(), null));
      }
    }
  }

  private static final class Cursor implements EngineIterator {
    private final Iterator<Map.Entry<byte[], Version>> entries;
    private final long sequence;
    private byte @Nullable [] key;
    private byte @Nullable [] value;

    Cursor(Iterator<Map.Entry<byte[], Version>> entries, long sequence) {
      this.entries = entries;
      this.sequence = sequence;
      next();
    }

    @Override
    public boolean valid() {
      return key != null;
    }

    @Override
    public void next() {
      key = null;
      value = null;
      while (key == null && entries.hasNext()) {
        Map.Entry<byte[], Version> entry = entries.next();
        value = entry.getValue().at(sequence);
        key = value == null ? null : entry.getKey();
      }
    }

    @Override
    public byte[] key() {
      return Objects.requireNonNull(key).clone();
    }

    @Override
    public byte[] value() {
      return Objects.requireNonNull(value).clone();
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }
}
