package io.tidemark.state;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the bytes of a task's stores in immutable tables, which {@link #apply} replaces all at
 * once. So a snapshot is a reference, and readers never wait.
 *
 * <p>Threads: one applies, any number read.
 */
final class MemoryEngine implements StorageEngine {
  private final List<String> names;
  private volatile Contents contents;
  private volatile boolean closed;

  /** The stores at a commit. */
  record Contents(List<SortedTable> stores, EngineCommit commit) {
    /** So many stores without entries, before the first commit. */
    static Contents empty(int stores) {
      return new Contents(Collections.nCopies(stores, SortedTable.EMPTY), EngineCommit.NONE);
    }
  }

  MemoryEngine(int stores) {
    this(IntStream.range(0, stores).mapToObj(Integer::toString).toList(), Contents.empty(stores));
  }

  /**
   * @param names what the stores are called
   * @param contents what they hold
   */
  MemoryEngine(List<String> names, Contents contents) {
    this.names = List.copyOf(names);
    this.contents = contents;
  }

  @Override
  public EngineCommit commit() {
    return contents.commit();
  }

  @Override
  public byte @Nullable [] get(int store, byte[] key) {
    return get(current(), store, key);
  }

  private static byte @Nullable [] get(Contents from, int store, byte[] key) {
    byte[] value = from.stores().get(store).get(key);
    return value == null ? null : value.clone();
  }

  @Override
  public EngineIterator scan(int store, byte[] from, byte @Nullable [] to, Direction direction) {
    return new Cursor(current().stores().get(store).scan(from, to, direction));
  }

  @Override
  public EngineSnapshot snapshot() {
    return new Snapshot(current());
  }

  @Override
  public void apply(Iterable<Change> changes, EngineCommit commit) {
    Contents before = current();
    List<List<Change>> byStore = new ArrayList<>();
    before.stores().forEach(store -> byStore.add(new ArrayList<>()));
    for (Change change : changes) {
      Change kept = new Change(change.store(), change.key(), change.value());
      byStore.get(Objects.checkIndex(change.store(), byStore.size())).add(kept);
    }
    List<SortedTable> next = new ArrayList<>();
    for (int store = 0; store < byStore.size(); store++) {
      next.add(before.stores().get(store).with(byStore.get(store)));
    }
    contents = new Contents(next, commit);
  }

  @Override
  public void flush() {
    checkOpen();
    // Nothing here survives the process, so there is nothing to make durable.
  }

  @Override
  public EngineCommit freeze(Path into, long mostUnflushed) {
    Contents frozen = current();
    MemoryDump.write(into, names, frozen);
    return frozen.commit();
  }

  @Override
  public void retain(IntPredicate slots) {
    Contents before = current();
    List<SortedTable> kept = before.stores().stream().map(table -> table.only(slots)).toList();
    contents = new Contents(kept, before.commit());
  }

  @Override
  public long approximateEntries(int store) {
    return current().stores().get(store).size();
  }

  @Override
  public void close() {
    closed = true;
    contents = new Contents(List.of(), contents.commit());
  }

  /** The contents, unless it is closed; in this order, since closing empties them last. */
  private Contents current() {
    Contents held = contents;
    checkOpen();
    return held;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
  }

  /** What the engine held; as refused as the engine's own once either is closed. */
  private final class Snapshot implements EngineSnapshot {
    private final EngineCommit commit;
    private volatile @Nullable Contents held;

    Snapshot(Contents held) {
      this.held = held;
      this.commit = held.commit();
    }

    @Override
    public EngineCommit commit() {
      return commit;
    }

    @Override
    public byte @Nullable [] get(int store, byte[] key) {
      return MemoryEngine.get(held(), store, key);
    }

    @Override
    public EngineIterator scan(int store, byte[] from, byte @Nullable [] to, Direction direction) {
      return new Cursor(held().stores().get(store).scan(from, to, direction));
    }

    private Contents held() {
      checkOpen();
      Contents current = held;
      if (current == null) {
        throw new IllegalStateException("the snapshot at commit " + commit + " is closed");
      }
      return current;
    }

    @Override
    public void close() {
      held = null;
    }
  }

  /** A table's cursor that refuses what engines' iterators refuse. */
  private final class Cursor implements EngineIterator {
    private final EngineIterator entries;
    private boolean given;

    Cursor(EngineIterator entries) {
      this.entries = entries;
    }

    @Override
    public boolean valid() {
      if (closed || given) {
        throw new IllegalStateException("the iterator or its engine is closed");
      }
      return entries.valid();
    }

    @Override
    public void next() {
      checkValid();
      entries.next();
    }

    @Override
    public byte[] key() {
      checkValid();
      return entries.key();
    }

    @Override
    public byte[] value() {
      checkValid();
      return entries.value();
    }

    private void checkValid() {
      if (!valid()) {
        throw new IllegalStateException("the iterator stands on no entry");
      }
    }

    @Override
    public void close() {
      given = true;
    }
  }
}
