package io.tidemark.stores.rocksdb;

import io.tidemark.api.ConfigException;
import io.tidemark.state.EngineOptions;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.ConfigOptions;
import org.rocksdb.DataBlockIndexType;

/**
 * How a store's column family is tuned: our defaults, over which go the store's properties {@code
 * rocksdb.<option>}, named and written as RocksDB's own option strings are.
 *
 * <p>There is no prefix extractor: keys start with two bytes of slot, and every file has keys of
 * nearly every slot.
 */
final class StoreOptions {
  private static final String PREFIX = "rocksdb.";
  private static final String BLOCK_SIZE = "block_size";
  private static final long DEFAULT_BLOCK_SIZE = 8 << 10;
  private static final double BLOOM_BITS_PER_KEY = 10;

  private static final Map<String, String> DEFAULTS =
      Map.of(
          "compression", "kLZ4Compression",
          "write_buffer_size", "67108864",
          "max_write_buffer_number", "4",
          "target_file_size_base", "67108864",
          "max_bytes_for_level_base", "268435456");

  /** Options that would change what a store holds, or the order of its keys. */
  private static final Set<String> REFUSED =
      Set.of(
          "comparator",
          "merge_operator",
          "compaction_filter",
          "compaction_filter_factory",
          "compaction_options_fifo",
          "inplace_update_support",
          "table_factory",
          "block_based_table_factory",
          "plain_table_factory");

  private StoreOptions() {}

  /** The options of a store that nothing is said about. */
  static ColumnFamilyOptions defaults(Cache cache) {
    return withTable(parse(properties(DEFAULTS)), cache, DEFAULT_BLOCK_SIZE);
  }

  /**
   * The options of a store; the caller closes them.
   *
   * @throws ConfigException (TM-1002) if a property is unknown or wrong
   */
  static ColumnFamilyOptions of(EngineOptions.Store store, Cache cache) {
    Properties all = properties(DEFAULTS);
    long blockSize = DEFAULT_BLOCK_SIZE;
    for (var property : store.properties().entrySet()) {
      if (!property.getKey().startsWith(PREFIX)) {
        continue;
      }
      String option = property.getKey().substring(PREFIX.length());
      if (option.equals(BLOCK_SIZE)) {
        blockSize = blockSize(store, property.getValue());
      } else {
        check(store, option, property.getValue());
        all.setProperty(option, property.getValue());
      }
    }
    return withTable(parse(all), cache, blockSize);
  }

  private static ColumnFamilyOptions withTable(
      ColumnFamilyOptions options, Cache cache, long blockSize) {
    try (BloomFilter filter = new BloomFilter(BLOOM_BITS_PER_KEY)) {
      return options.setTableFormatConfig(
          new BlockBasedTableConfig()
              .setBlockCache(cache)
              .setBlockSize(blockSize)
              .setFilterPolicy(filter)
              .setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash)
              .setCacheIndexAndFilterBlocks(true)
              .setCacheIndexAndFilterBlocksWithHighPriority(true)
              .setPinL0FilterAndIndexBlocksInCache(true));
    }
  }

  private static long blockSize(EngineOptions.Store store, String value) {
    try {
      long bytes = Long.parseLong(value);
      if (bytes >= 256 && bytes <= 64 << 20) {
        return bytes;
      }
    } catch (NumberFormatException notANumber) {
      // Said below.
    }
    throw wrong(store, BLOCK_SIZE, value, "it must be a number of bytes from 256 to 67108864");
  }

  /** Tries an option by itself, so that the message can name it. */
  private static void check(EngineOptions.Store store, String option, String value) {
    if (REFUSED.contains(option) || value.contains("FIFO")) {
      throw wrong(store, option, value, "Tidemark does not let this be changed");
    }
    Properties alone = new Properties();
    alone.setProperty(option, value);
    try (ColumnFamilyOptions parsed = parse(alone)) {
      if (parsed == null) {
        throw wrong(
            store, option, value, "RocksDB knows no such column family option, or no such value");
      }
    }
  }

  /** Parses with RocksDB's own parser; null if there is an unknown option or value. */
  @SuppressWarnings("NullAway") // RocksDB's method returns null though it does not say so
  private static ColumnFamilyOptions parse(Properties properties) {
    try (ConfigOptions strict = new ConfigOptions().setIgnoreUnknownOptions(false)) {
      return ColumnFamilyOptions.getColumnFamilyOptionsFromProps(strict, properties);
    }
  }

  private static Properties properties(Map<String, String> map) {
    Properties properties = new Properties();
    map.forEach(properties::setProperty);
    return properties;
  }

  private static ConfigException wrong(
      EngineOptions.Store store, String option, String value, String why) {
    String key = "stores." + store.name() + "." + PREFIX + option;
    return new ConfigException(
        "TM-1002", key + "=" + value + ": " + why + ". Correct it or take it away");
  }
}
