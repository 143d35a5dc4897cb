package io.tidemark.benchmarks.state;

import java.nio.file.Path;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/** RocksDB by itself, with the engine's options, for comparison. */
final class RawDatabase implements AutoCloseable {
  final LRUCache cache;
  final BloomFilter filter = new BloomFilter(10);
  final Options options;
  final ReadOptions readOptions = new ReadOptions();
  final WriteOptions writeOptions = new WriteOptions().setDisableWAL(true);
  final RocksDB rocks;

  RawDatabase(Path directory, long memoryBytes) throws RocksDBException {
    RocksDB.loadLibrary();
    cache = new LRUCache(memoryBytes, 5, false, 0.5);
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
                    .setCacheIndexAndFilterBlocksWithHighPriority(true));
    rocks = RocksDB.open(options, directory.toString());
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
