package io.tidemark.benchmarks.streams;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/**
 * Gives all stores of the process one block cache, which their write buffers, indexes and filters
 * count against too: what they take together stays within {@link #BYTES}.
 */
public final class SharedMemory implements RocksDBConfigSetter {
  /** The setting that says how many bytes. */
  static final String BYTES = "shared.memory.bytes";

  private static @Nullable Shared shared;

  @Override
  public void setConfig(String storeName, Options options, Map<String, Object> configs) {
    Shared memory = shared(Long.parseLong(String.valueOf(configs.get(BYTES))));
    BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(memory.cache());
    table.setCacheIndexAndFilterBlocks(true);
    table.setCacheIndexAndFilterBlocksWithHighPriority(true);
    table.setPinTopLevelIndexAndFilter(true);
    options.setTableFormatConfig(table);
    options.setWriteBufferManager(memory.writeBuffers());
  }

  @Override
  public void close(String storeName, Options options) {
    // What is shared lives as long as the process.
  }

  private static synchronized Shared shared(long bytes) {
    Shared known = shared;
    if (known == null) {
      Cache cache = new LRUCache(bytes, -1, false, 0.1);
      known = new Shared(cache, new WriteBufferManager(bytes / 2, cache));
      shared = known;
    }
    return known;
  }

  private record Shared(Cache cache, WriteBufferManager writeBuffers) {}
}
