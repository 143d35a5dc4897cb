package io.tidemark.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the bytes of a task's stores in immutable tables, which {@link #apply} replaces all at
 * once. So a snapshot is a reference, and readers never wait.
 *
 * <p>Threads: one applies, any number read.
 */
final class MemoryEngine implements StorageEngine {
  private volatile Contents contents;

  /** The stores at a commit. */
  private record Contents(List<SortedTable> stores, EngineCommit commit) implements EngineSnapshot {
    @Override
    public byte @Nullable [] get(int store, byte[] key) {
      byte[] value = stores.get(store).get(key);
      return value == null ? null : value.clone();
    }

    @Override
    public EngineIterator scan(int store, byte[] from, byte @Nullable [] to, Direction direction) {
      return stores.get(store).scan(from, to, direction);
    }

    @Override
    public void close() {
      // The garbage collector frees it.
    }
  }

  MemoryEngine(int stores) {
    List<SortedTable> empty = new ArrayList<>();
    for (int i = 0; i < stores; i++) {
      empty.add(SortedTable.EMPTY);
    }
    contents = new Contents(empty, EngineCommit.NONE);
  }

  @Override
  public EngineCommit commit() {
    return contents.commit();
  }

  @Override
  public byte @Nullable [] get(int store, byte[] key) {
    return contents.get(store, key);
  }

  @Override
  public EngineIterator scan(int store, byte[] from, byte @Nullable [] to, Direction direction) {
    return contents.scan(store, from, to, direction);
  }

  @Override
  public EngineSnapshot snapshot() {
    return contents;
  }

  @Override
  public void apply(Iterable<Change> changes, EngineCommit commit) {
    List<List<Change>> byStore = new ArrayList<>();
    contents.stores().forEach(store -> byStore.add(new ArrayList<>()));
    for (Change change : changes) {
      byStore.get(Objects.checkIndex(change.store(), byStore.size())).add(change);
    }
    List<SortedTable> next = new ArrayList<>();
    for (int store = 0; store < byStore.size(); store++) {
      next.add(contents.stores().get(store).with(byStore.get(store)));
    }
    contents = new Contents(next, commit);
  }

  @Override
  public void flush() {
    // Nothing here survives the process, so there is nothing to make durable.
  }

  @Override
  public long approximateEntries(int store) {
    return contents.stores().get(store).size();
  }

  @Override
  public void close() {
    contents =
        new Contents(
            contents.stores().stream().map(s -> SortedTable.EMPTY).toList(), contents.commit());
  }
}
