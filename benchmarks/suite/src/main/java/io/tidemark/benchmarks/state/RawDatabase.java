package io.tidemark.benchmarks.state;

import java.nio.file.Path;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** RocksDB by itself, with the engine's options, for comparison. */
final class RawDatabase implements AutoCloseable {
  private final LRUCache cache;
  private final BloomFilter filter = new BloomFilter(10);
  final WriteOptions writeOptions = new WriteOptions().setDisableWAL(true);
  final Options options;
  final ReadOptions readOptions = new ReadOptions();
  final RocksDB rocks;
  final ColumnFamilyHandle family;

  RawDatabase(Path directory, long memoryBytes) throws RocksDBException {
    RocksDB.loadLibrary();
    cache = new LRUCache(memoryBytes, 4, false, 0.5);
    options =
        new Options()
            .setCreateIfMissing(true)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setWriteBufferSize(memoryBytes / 12)
            .setMaxWriteBufferNumber(4)
            .setTableFormatConfig(
                new BlockBasedTableConfig()
                    .setBlockCache(cache)
                    .setBlockSize(4096)
                    .setFilterPolicy(filter)
                    .setCacheIndexAndFilterBlocks(true)
                    .setCacheIndexAndFilterBlocksWithHighPriority(true)
                    .setPinL0FilterAndIndexBlocksInCache(false));
    rocks = RocksDB.open(options, directory.toString());
    family = rocks.getDefaultColumnFamily();
  }

  /** Writes a batch, and memtables to files. */
  void write(WriteBatch batch) throws RocksDBException {
    rocks.write(writeOptions, batch);
    try (FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
      rocks.flush(flush);
    }
  }

  @Override
  public void close() {
    rocks.close();
    options.close();
    readOptions.close();
    writeOptions.close();
    filter.close();
    cache.close();
  }
}
