package io.tidemark.stores.rocksdb;

import java.util.concurrent.atomic.AtomicInteger;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;

/**
 * The memory that all databases of a process share, and what follows from how much it is.
 *
 * <p>Everything that grows with the data is charged to one cache: blocks of data, indexes and
 * filters, and memtables. The cache evicts what is not in use, so its capacity is the bound as long
 * as what is in use stays below it: memtables do because of {@link WriteBuffers}, blocks in use are
 * one or two for each open iterator and file level. It does not refuse what is in use beyond its
 * capacity (RocksDB's strict limit): a read would fail then, for memory that is needed a moment
 * only.
 *
 * <p>What is sized by it: the pieces in which memtables take memory (a database with few changes
 * holds one piece per store), the buffers of compactions, and the number of open files, since each
 * has a few KiB that are in no cache.
 *
 * <p>It is freed when its maker and all who entered have left: a snapshot may still read files when
 * its container has ended. Threads: any.
 */
final class SharedMemory {
  private static final double FOR_INDEXES_AND_FILTERS = 0.5;
  private static final long LEAST_SHARD = 8L << 20;
  private static final int MOST_SHARD_BITS = 6;

  private final long bytes;
  private final Cache cache;
  private final WriteBuffers writeBuffers;
  private final AtomicInteger users = new AtomicInteger(1);

  SharedMemory(long bytes) {
    RocksDB.loadLibrary();
    this.bytes = bytes;
    cache = new LRUCache(bytes, shardBits(bytes), false, FOR_INDEXES_AND_FILTERS);
    writeBuffers = new WriteBuffers(bytes / 3, bytes, cache);
  }

  /** A shard must have room for the largest filters, beside other blocks. */
  private static int shardBits(long bytes) {
    int bits = 0;
    while (bits < MOST_SHARD_BITS && bytes >> bits + 1 >= LEAST_SHARD) {
      bits++;
    }
    return bits;
  }

  Cache cache() {
    return cache;
  }

  WriteBuffers writeBuffers() {
    return writeBuffers;
  }

  /** When a store's memtable is written to a file at the latest. */
  long writeBufferBytes() {
    return clamp(bytes / 12, 256 << 10, 64 << 20);
  }

  /** In which pieces a memtable takes memory. */
  long arenaBlockBytes() {
    return clamp(Long.highestOneBit(bytes / 4096), 16 << 10, 1 << 20);
  }

  /** How much a compaction reads ahead in each file, and writes at once. */
  long readAheadBytes() {
    return clamp(Long.highestOneBit(bytes / 256), 128 << 10, 1 << 20);
  }

  /** How many files a database keeps open. */
  int openFiles() {
    return (int) clamp(bytes >> 18, 64, 512);
  }

  private static long clamp(long value, long least, long most) {
    return Math.max(least, Math.min(most, value));
  }

  /** Keeps it from being freed; called while somebody else does. */
  void enter() {
    users.incrementAndGet();
  }

  /** Frees it if nobody else uses it. */
  void leave() {
    if (users.decrementAndGet() == 0) {
      writeBuffers.close();
      cache.close();
    }
  }
}
