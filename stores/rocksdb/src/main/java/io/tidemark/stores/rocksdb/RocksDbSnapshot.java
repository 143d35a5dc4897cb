package io.tidemark.stores.rocksdb;

import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineSnapshot;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Snapshot;

/**
 * A database as it was at one sequence number, which is the same for all of its families. The
 * commit is read at that number too, so that the two agree whatever is applied meanwhile.
 *
 * <p>Threads: as {@link RocksDbReader}.
 */
final class RocksDbSnapshot implements EngineSnapshot, Database.Dependent {
  private final Database database;
  private final Snapshot snapshot;
  private final RocksDbReader reader;
  private final EngineCommit commit;
  private final AtomicBoolean released = new AtomicBoolean();

  private RocksDbSnapshot(Database database, Snapshot snapshot) {
    this.database = database;
    this.snapshot = snapshot;
    reader = new RocksDbReader(database, snapshot);
    try {
      commit = RocksDbEngine.readCommit(database, reader);
    } catch (RuntimeException damaged) {
      release();
      throw damaged;
    }
  }

  /** Takes a snapshot; to be called within the database's gate. */
  static RocksDbSnapshot take(Database database) {
    RocksDbSnapshot taken = new RocksDbSnapshot(database, database.rocks().getSnapshot());
    database.add(taken);
    return taken;
  }

  @Override
  public EngineCommit commit() {
    return commit;
  }

  @Override
  public byte @Nullable [] get(int store, byte[] key) {
    checkOpen();
    return reader.get(store, key);
  }

  @Override
  public byte[] @Nullable [] getAll(int store, byte[][] keys) {
    checkOpen();
    return reader.getAll(store, keys);
  }

  @Override
  public EngineIterator scan(int store, byte[] from, byte @Nullable [] to, Direction direction) {
    checkOpen();
    return reader.scan(store, from, to, direction);
  }

  private void checkOpen() {
    if (released.get()) {
      throw new IllegalStateException(
          "the snapshot of task " + database.task() + " at commit " + commit + " is closed");
    }
  }

  @Override
  public void close() {
    database.remove(this);
  }

  @Override
  public void release() {
    if (released.compareAndSet(false, true)) {
      reader.close();
      database.rocks().releaseSnapshot(snapshot);
      snapshot.close();
    }
  }
}
