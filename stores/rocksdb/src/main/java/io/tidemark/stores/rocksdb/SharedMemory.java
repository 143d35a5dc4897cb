package io.tidemark.stores.rocksdb;

import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * The memory that all databases of a process share. What memtables take is charged to the block
 * cache, so the cache's capacity bounds both.
 */
final class SharedMemory implements AutoCloseable {
  private final Cache cache;
  private final WriteBufferManager writeBuffers;

  SharedMemory(long bytes) {
    RocksDB.loadLibrary();
    cache = new LRUCache(bytes);
    writeBuffers = new WriteBufferManager(bytes / 2, cache);
  }

  Cache cache() {
    return cache;
  }

  WriteBufferManager writeBuffers() {
    return writeBuffers;
  }

  @Override
  public void close() {
    writeBuffers.close();
    cache.close();
  }
}
