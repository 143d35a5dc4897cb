package io.tidemark.state;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An engine that fails whoever uses it, or what came of it, after it was closed, and whoever closes
 * it while a snapshot is open: where a native engine would crash the process.
 */
final class OpenOnly implements StorageEngine {
  private final StorageEngine engine;
  private final AtomicInteger snapshots = new AtomicInteger();
  private volatile boolean closed;

  OpenOnly(StorageEngine engine) {
    this.engine = engine;
  }

  private void check() {
    if (closed) {
      throw new AssertionError("used after it was closed");
    }
  }

  @Override
  public EngineCommit commit() {
    return engine.commit();
  }

  @Override
  public byte @Nullable [] get(int store, byte[] key) {
    check();
    return engine.get(store, key);
  }

  @Override
  public EngineIterator scan(int store, byte[] from, byte @Nullable [] to, Direction direction) {
    check();
    return engine.scan(store, from, to, direction);
  }

  @Override
  public EngineSnapshot snapshot() {
    check();
    snapshots.incrementAndGet();
    EngineSnapshot snapshot = engine.snapshot();
    return new EngineSnapshot() {
      private boolean given;

      @Override
      public EngineCommit commit() {
        return snapshot.commit();
      }

      @Override
      public byte @Nullable [] get(int store, byte[] key) {
        checkOpen();
        return snapshot.get(store, key);
      }

      @Override
      public EngineIterator scan(
          int store, byte[] from, byte @Nullable [] to, Direction direction) {
        checkOpen();
        return snapshot.scan(store, from, to, direction);
      }

      private void checkOpen() {
        check();
        if (given) {
          throw new AssertionError("a snapshot was used after it was closed");
        }
      }

      @Override
      public void close() {
        check();
        if (!given) {
          given = true;
          snapshots.decrementAndGet();
        }
      }
    };
  }

  @Override
  public void apply(Iterable<Change> changes, EngineCommit commit) {
    engine.apply(changes, commit);
  }

  @Override
  public EngineCommit freeze(Path into, long mostUnflushed) {
    return engine.freeze(into, mostUnflushed);
  }

  @Override
  public void flush() {
    engine.flush();
  }

  @Override
  public long approximateEntries(int store) {
    return engine.approximateEntries(store);
  }

  @Override
  public void close() {
    if (snapshots.get() > 0) {
      throw new AssertionError("closed with " + snapshots.get() + " snapshots open");
    }
    closed = true;
    engine.close();
  }
}
