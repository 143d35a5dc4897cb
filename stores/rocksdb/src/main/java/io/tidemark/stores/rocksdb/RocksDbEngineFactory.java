package io.tidemark.stores.rocksdb;

import io.tidemark.state.EngineFactory;
import io.tidemark.state.EngineFiles;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.StorageEngine;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps state in RocksDB: one database per task, a column family per store. All databases share one
 * bounded amount of memory for cached blocks and for what is not yet written to files.
 *
 * <p>Threads: any.
 */
public final class RocksDbEngineFactory implements EngineFactory {
  private static final Logger log = LoggerFactory.getLogger(RocksDbEngineFactory.class);
  private static final long LEAST_MEMORY = 4L << 20;
  private static final long LEAST_BY_ITSELF = 64L << 20;

  private long memoryBytes;
  private @Nullable SharedMemory memory;
  private boolean closed;

  /** With a quarter of the machine's memory that the heap leaves, 64 MiB at least. */
  public RocksDbEngineFactory() {
    this(defaultMemoryBytes());
  }

  /**
   * @param memoryBytes how much native memory all engines of this factory may take together for
   *     cached blocks, indexes and filters of files, and memtables; 4 MiB at least
   */
  public RocksDbEngineFactory(long memoryBytes) {
    this.memoryBytes = Math.max(LEAST_MEMORY, memoryBytes);
  }

  private static long defaultMemoryBytes() {
    long machine =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
            .getTotalMemorySize();
    return Math.max(LEAST_BY_ITSELF, (machine - Runtime.getRuntime().maxMemory()) / 4);
  }

  @Override
  public String type() {
    return "rocksdb";
  }

  @Override
  public synchronized void limitMemory(long bytes) {
    memoryBytes = Math.max(LEAST_MEMORY, bytes);
  }

  /** Loads RocksDB's library. */
  @Override
  public void prepare() {
    RocksDB.loadLibrary();
  }

  @Override
  public StorageEngine open(EngineOptions options) {
    return RocksDbEngine.open(options, enterMemory());
  }

  @Override
  public @Nullable EngineFiles openFiles(EngineOptions options) {
    return DatabaseFiles.open(options, enterMemory());
  }

  /** How much of the limit is taken now: blocks and memtables. */
  synchronized long memoryTaken() {
    return memory == null ? 0 : memory.cache().getUsage();
  }

  /** For a database, which leaves it when it is closed. */
  private synchronized SharedMemory enterMemory() {
    if (closed) {
      return new SharedMemory(memoryBytes); // the database's own
    }
    SharedMemory current = memory;
    if (current == null) {
      current = new SharedMemory(memoryBytes);
      memory = current;
      log.info("RocksDB may take {} MiB of native memory", memoryBytes >> 20);
    }
    current.enter();
    return current;
  }

  /** What is open stays so, and its memory with it. */
  @Override
  public synchronized void close() {
    closed = true;
    if (memory != null) {
      memory.leave();
      memory = null;
    }
  }
}
