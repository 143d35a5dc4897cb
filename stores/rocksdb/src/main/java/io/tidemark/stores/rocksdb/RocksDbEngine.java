package io.tidemark.stores.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.EngineSnapshot;
import io.tidemark.state.StorageEngine;
import io.tidemark.system.Failpoint;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
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
 * <p>Threads: one applies and flushes, any number read; closed when nobody else calls.
 */
final class RocksDbEngine implements StorageEngine {
  private static final Logger log = LoggerFactory.getLogger(RocksDbEngine.class);
  private static final byte[] COMMIT_KEY = "commit".getBytes(UTF_8);
  private static final String ENTRIES = "rocksdb.estimate-num-keys";

  private final EngineOptions options;
  private final Failures failures;
  private final Database database;
  private final RocksDB rocks;
  private final ColumnFamilyHandle[] families;
  private final int[] familyIds;
  private final ReadOptions readOptions = readOptions();
  private final WriteOptions writeOptions = new WriteOptions().setDisableWAL(true);
  private final FlushOptions flushOptions = new FlushOptions().setWaitForFlush(true);
  private final Set<RocksDbIterator> iterators = ConcurrentHashMap.newKeySet();
  private final Batch batch = new Batch();
  private volatile EngineCommit commit = EngineCommit.NONE;
  private volatile boolean closed;

  private RocksDbEngine(EngineOptions options, Failures failures, Database database) {
    this.options = options;
    this.failures = failures;
    this.database = database;
    rocks = database.rocks();
    families =
        options.stores().stream()
            .map(store -> database.family(store.name()))
            .toArray(ColumnFamilyHandle[]::new);
    familyIds = Arrays.stream(families).mapToInt(ColumnFamilyHandle::getID).toArray();
  }

  /** Opens or creates the database in a directory. */
  static RocksDbEngine open(EngineOptions options, SharedMemory memory) {
    Failures failures = new Failures(options.task(), options.directory());
    RocksDbEngine engine =
        new RocksDbEngine(options, failures, new Database(options, memory, failures));
    try {
      engine.commit = engine.readCommit();
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

  /** How everything here is read; the caller closes it. */
  static ReadOptions readOptions() {
    return new ReadOptions().setVerifyChecksums(true);
  }

  private EngineCommit readCommit() {
    try {
      byte[] value = rocks.get(database.own(), readOptions, COMMIT_KEY);
      if (value == null) {
        return EngineCommit.NONE;
      }
      if (value.length != 2 * Long.BYTES) {
        throw failures.damaged(
            "", "the commit it equals has " + value.length + " bytes, not 16", null);
      }
      ByteBuffer buffer = ByteBuffer.wrap(value);
      return new EngineCommit(buffer.getLong(), buffer.getLong());
    } catch (RocksDBException e) {
      throw failures.reading("(the engine's own)", e);
    }
  }

  @Override
  public EngineCommit commit() {
    return commit;
  }

  @Override
  public byte @Nullable [] get(int store, byte[] key) {
    checkOpen();
    try {
      return rocks.get(families[store], readOptions, key);
    } catch (RocksDBException e) {
      throw failures.reading(name(store), e);
    }
  }

  @Override
  public EngineIterator scan(int store, byte[] from, byte @Nullable [] to, Direction direction) {
    checkOpen();
    // RocksDB forbids to start behind the end; nothing is there.
    byte[] end = to != null && Arrays.compareUnsigned(from, to) > 0 ? from : to;
    return new RocksDbIterator(rocks, families[store], name(store), from, end, failures, iterators);
  }

  @Override
  public EngineSnapshot snapshot() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void apply(Iterable<Change> changes, EngineCommit next) {
    checkOpen();
    batch.clear();
    for (Change change : changes) {
      byte[] value = change.value();
      if (value == null) {
        batch.delete(familyIds[change.store()], change.key());
      } else {
        batch.put(familyIds[change.store()], change.key(), value);
      }
    }
    ByteBuffer position = ByteBuffer.allocate(2 * Long.BYTES);
    position.putLong(next.number()).putLong(next.position());
    batch.put(database.own().getID(), COMMIT_KEY, position.array());
    try (WriteBatch writes = new WriteBatch(batch.take())) {
      Failpoint.pass("engine.within-apply");
      rocks.write(writeOptions, writes);
    } catch (RocksDBException e) {
      throw failures.writing(e);
    }
    commit = next;
  }

  @Override
  public void flush() {
    checkOpen();
    try {
      rocks.flush(flushOptions, database.families());
    } catch (RocksDBException e) {
      throw failures.writing(e);
    }
  }

  @Override
  public long approximateEntries(int store) {
    checkOpen();
    try {
      return rocks.getLongProperty(families[store], ENTRIES);
    } catch (RocksDBException e) {
      throw failures.reading(name(store), e);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    try {
      flush();
    } finally {
      closeNative();
    }
    log.info("Task {}: closed RocksDB at commit {}", options.task(), commit.number());
  }

  /** Iterators first, then the database, then what it was opened with. */
  private void closeNative() {
    closed = true;
    List<RocksDbIterator> left = new ArrayList<>(iterators);
    left.forEach(RocksDbIterator::close);
    database.close();
    readOptions.close();
    writeOptions.close();
    flushOptions.close();
  }

  private String name(int store) {
    return options.stores().get(store).name();
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the engine of task " + options.task() + " is closed");
    }
  }
}
