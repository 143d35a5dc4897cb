package io.tidemark.state;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@link MemoryDump}. A scan of a whole store streams its file; for all other reads the
 * store is loaded once. Any thread may read.
 */
final class FrozenMemory implements EngineFiles {
  private final MemoryDump dump;
  private final Map<Integer, SortedTable> loaded = new HashMap<>();
  private volatile boolean closed;

  FrozenMemory(MemoryDump dump) {
    this.dump = dump;
  }

  @Override
  public EngineCommit commit() {
    return dump.commit();
  }

  @Override
  public byte @Nullable [] get(int store, byte[] key) {
    byte[] value = table(store).get(key);
    return value == null ? null : value.clone();
  }

  @Override
  public EngineIterator scan(int store, byte[] from, byte @Nullable [] to, Direction direction) {
    checkOpen();
    if (from.length == 0 && to == null && direction == Direction.FORWARD) {
      return new Streaming(store);
    }
    return table(store).scan(from, to, direction);
  }

  @Override
  public long approximateEntries(int store) {
    return table(store).size();
  }

  private synchronized SortedTable table(int store) {
    checkOpen();
    return loaded.computeIfAbsent(store, dump::load);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the files of commit " + dump.commit() + " are closed");
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    loaded.clear();
  }

  /** Walks over a store's file. */
  private final class Streaming implements EngineIterator {
    private final int store;
    private final EntryFile.@Nullable Reader entries;
    private boolean valid;
    private boolean given;

    Streaming(int store) {
      this.store = store;
      try {
        entries = dump.entries(store);
        valid = entries != null && entries.next();
      } catch (IOException e) {
        throw dump.damaged(dump.name(store), e);
      }
    }

    @Override
    public boolean valid() {
      checkOpen();
      if (given) {
        throw new IllegalStateException("the iterator is closed");
      }
      return valid;
    }

    @Override
    public void next() {
      try {
        valid = current().next();
      } catch (IOException e) {
        throw dump.damaged(dump.name(store), e);
      }
    }

    @Override
    public byte[] key() {
      return current().key();
    }

    @Override
    public byte[] value() {
      return current().value();
    }

    private EntryFile.Reader current() {
      if (!valid() || entries == null) {
        throw new IllegalStateException("the iterator stands on no entry");
      }
      return entries;
    }

    @Override
    public void close() {
      given = true;
      try {
        if (entries != null) {
          entries.close();
        }
      } catch (IOException e) {
        throw dump.damaged(dump.name(store), e);
      }
    }
  }
}
