package io.tidemark.stores.rocksdb;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.rocksdb.Cache;
import org.rocksdb.WriteBufferManager;

/**
 * Bounds what the memtables of all databases take together: before a batch is written, the largest
 * are written to files until there is room for it.
 *
 * <p>RocksDB's own {@link WriteBufferManager} charges memtables to the cache. It does not bound
 * them well over many databases: past its limit each flushes itself when it is written to, however
 * little it has, while one that is not written to keeps what it has; and if writers are made to
 * wait, they wait for that one for ever. So its limit is one that is not reached.
 *
 * <p>Threads: any.
 */
final class WriteBuffers implements AutoCloseable {
  /** Databases with less are not worth a file. */
  private static final long LEAST_FLUSHED = 64 << 10;

  private final long most;
  private final WriteBufferManager budget;
  private final Set<Database> databases = ConcurrentHashMap.newKeySet();

  /**
   * @param most how much memtables may take
   * @param unreached a limit beyond that
   */
  WriteBuffers(long most, long unreached, Cache cache) {
    this.most = most;
    budget = new WriteBufferManager(unreached, cache);
  }

  /** What RocksDB keeps its own account with. */
  WriteBufferManager budget() {
    return budget;
  }

  void add(Database database) {
    databases.add(database);
  }

  void remove(Database database) {
    databases.remove(database);
  }

  /** What memtables take. */
  long taken() {
    return databases.stream().mapToLong(database -> database.memtables().taken()).sum();
  }

  /**
   * Waits until so many bytes may be written. A batch larger than all that memtables may take is
   * let through when nothing else is left.
   */
  void makeRoom(long bytes) {
    if (taken() + bytes > most) {
      flushUntilRoom(bytes);
    }
  }

  /** One thread at a time, so that none flushes for what another has just made room for. */
  private synchronized void flushUntilRoom(long bytes) {
    Set<Database> stuck = new HashSet<>();
    while (true) {
      long taken = 0;
      long largest = LEAST_FLUSHED;
      Database owner = null;
      for (Database database : databases) {
        Database.Memtables memtables = database.memtables();
        taken += memtables.taken();
        if (memtables.unflushed() > largest && !stuck.contains(database)) {
          largest = memtables.unflushed();
          owner = database;
        }
      }
      if (taken + bytes <= most || owner == null) {
        return;
      }
      if (!owner.flushIfOpen()) {
        stuck.add(owner);
      }
    }
  }

  @Override
  public void close() {
    budget.close();
  }
}
