package io.tidemark.stores.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.EngineSnapshot;
import io.tidemark.state.Slots;
import io.tidemark.state.StorageEngine;
import io.tidemark.system.Failpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database of one task: a column family per store, and the family "default" with the commit
 * that the contents equal.
 *
 * <p>Invariant: {@link #apply} is one write batch over all families, the commit with it, and
 * families are only ever flushed together (atomic flush). There is no write-ahead log. So what a
 * crash leaves are whole batches, a prefix of those that were applied.
 *
 * <p>Threads: one applies and flushes, any number read. Closing waits for the calls under way and
 * refuses later ones.
 */
final class RocksDbEngine implements StorageEngine {
  private static final Logger log = LoggerFactory.getLogger(RocksDbEngine.class);
  static final byte[] COMMIT_KEY = "commit".getBytes(UTF_8);
  static final String ENTRIES = "rocksdb.estimate-num-keys";

  private final EngineOptions options;
  private final Failures failures;
  private final Database database;
  private final RocksDB rocks;
  private final RocksDbReader latest;
  private final int[] familyIds;
  private final int ownFamilyId;
  private final WriteOptions writeOptions = new WriteOptions().setDisableWAL(true);
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile EngineCommit commit = EngineCommit.NONE;
  private volatile EngineCommit durable = EngineCommit.NONE;

  private RocksDbEngine(EngineOptions options, Database database) {
    this.options = options;
    this.database = database;
    failures = database.failures();
    rocks = database.rocks();
    latest = new RocksDbReader(database, null);
    familyIds =
        IntStream.range(0, options.stores().size())
            .map(store -> database.family(store).getID())
            .toArray();
    ownFamilyId = database.own().getID();
  }

  /** Opens or creates the database in a directory. */
  static RocksDbEngine open(EngineOptions options, SharedMemory memory) {
    Failures failures = new Failures(options.task(), options.directory());
    RocksDbEngine engine = new RocksDbEngine(options, new Database(options, memory, failures));
    try {
      engine.commit = readCommit(engine.database, engine.latest);
      engine.durable = engine.commit;
    } catch (RuntimeException damaged) {
      engine.closeNative();
      throw damaged;
    }
    log.info(
        "Task {}: RocksDB in {} is at commit {}",
        options.task(),
        options.directory(),
        engine.commit.number());
    return engine;
  }

  /** The commit that what a reader sees equals. */
  static EngineCommit readCommit(Database database, RocksDbReader reader) {
    try {
      byte[] value = reader.get(database.own(), COMMIT_KEY);
      if (value == null) {
        return EngineCommit.NONE;
      }
      if (value.length != 2 * Long.BYTES) {
        throw database
            .failures()
            .damaged("", "the commit it equals has " + value.length + " bytes, not 16", null);
      }
      ByteBuffer buffer = ByteBuffer.wrap(value);
      return new EngineCommit(buffer.getLong(), buffer.getLong());
    } catch (RocksDBException e) {
      throw database.failures().reading("(the engine's own)", e);
    }
  }

  @Override
  public EngineCommit commit() {
    return commit;
  }

  /** Does not know of flushes that RocksDB, or another database's need for memory, began. */
  @Override
  public EngineCommit durableCommit() {
    return durable;
  }

  private synchronized void isDurable(EngineCommit reached) {
    durable = reached.number() > durable.number() ? reached : durable;
  }

  @Override
  public byte @Nullable [] get(int store, byte[] key) {
    return latest.get(store, key);
  }

  @Override
  public byte[] @Nullable [] getAll(int store, byte[][] keys) {
    return latest.getAll(store, keys);
  }

  @Override
  public EngineIterator scan(int store, byte[] from, byte @Nullable [] to, Direction direction) {
    return latest.scan(store, from, to, direction);
  }

  @Override
  public EngineSnapshot snapshot() {
    database.enter();
    try {
      return RocksDbSnapshot.take(database);
    } finally {
      database.leave();
    }
  }

  @Override
  public void apply(Iterable<Change> changes, EngineCommit next) {
    byte[] batch = batch(changes, next);
    // The batch is in memory once more beside the memtables.
    database.makeRoom(2L * batch.length);
    database.enter();
    try {
      try (WriteBatch writes = new WriteBatch(batch)) {
        Failpoint.pass("engine.within-apply");
        rocks.write(writeOptions, writes);
      }
    } catch (RocksDBException e) {
      throw failures.writing(e);
    } finally {
      database.leave();
    }
    commit = next;
  }

  private byte[] batch(Iterable<Change> changes, EngineCommit next) {
    ByteBuffer position = ByteBuffer.allocate(2 * Long.BYTES);
    position.putLong(next.number()).putLong(next.position());
    Change moved = new Change(0, COMMIT_KEY, position.array());
    long bytes = Batch.bytes(ownFamilyId, moved);
    for (Change change : changes) {
      bytes += Batch.bytes(familyIds[change.store()], change);
    }
    Batch batch = new Batch(bytes);
    for (Change change : changes) {
      batch.add(familyIds[change.store()], change);
    }
    batch.add(ownFamilyId, moved);
    return batch.finished();
  }

  @Override
  public void flush() {
    database.enter();
    try {
      flushNative();
    } finally {
      database.leave();
    }
  }

  private void flushNative() {
    EngineCommit applied = commit;
    try {
      database.flush();
      isDurable(applied);
    } catch (RocksDBException e) {
      throw failures.writing(e);
    }
  }

  @Override
  public EngineCommit freeze(Path into, long mostUnflushed) {
    if (database.memtables().unflushed() > mostUnflushed) {
      flush();
    }
    database.enter();
    try {
      FrozenFiles.link(rocks, options.directory(), into);
      EngineCommit frozen = FrozenFiles.commit(options.task(), into);
      isDurable(frozen);
      return frozen;
    } catch (RocksDBException e) {
      throw failures.reading("(files)", e);
    } catch (IOException e) {
      throw failures.unwritable(e);
    } finally {
      database.leave();
    }
  }

  @Override
  public void retain(IntPredicate slots) {
    database.enter();
    try {
      RetainedSlots.retain(database, writeOptions, Slots.others(slots));
    } catch (RocksDBException e) {
      throw failures.writing(e);
    } finally {
      database.leave();
    }
  }

  @Override
  public long approximateEntries(int store) {
    database.enter();
    try {
      return rocks.getLongProperty(database.family(store), ENTRIES);
    } catch (RocksDBException e) {
      throw failures.reading(database.name(store), e);
    } finally {
      database.leave();
    }
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    database.shut();
    try {
      flushNative();
    } finally {
      closeNative();
    }
    log.info("Task {}: closed RocksDB at commit {}", options.task(), commit.number());
  }

  private void closeNative() {
    database.shut();
    latest.close();
    database.close();
    writeOptions.close();
  }
}
