package io.tidemark.stores.rocksdb;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ChecksumType;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.IndexShorteningMode;
import org.rocksdb.IndexType;

/**
 * The options of RocksDB's block based tables that a store may override. RocksDB's Java binding
 * does not parse them, so they are parsed here, in RocksDB's notation.
 *
 * <p>Not among them are those on which the bound on memory rests: whatever is read goes through the
 * shared cache, indexes and filters too, and nothing is pinned there.
 */
final class TableOptions {
  private static final String FILTER_POLICY = "filter_policy";
  private static final String BLOOM = "bloomfilter:";

  /** Sets an option from its text. */
  private interface Setter {
    /**
     * @throws IllegalArgumentException if the text is not a value of the option
     */
    void set(BlockBasedTableConfig table, String value);
  }

  private static final Map<String, Setter> SETTERS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(
                  "block_size", (table, value) -> table.setBlockSize(number(value, 256, 64 << 20))),
              Map.entry(
                  "block_size_deviation",
                  (table, value) -> table.setBlockSizeDeviation(number(value, 0, 100))),
              Map.entry(
                  "block_restart_interval",
                  (table, value) -> table.setBlockRestartInterval(number(value, 1, 1 << 10))),
              Map.entry(
                  "index_block_restart_interval",
                  (table, value) -> table.setIndexBlockRestartInterval(number(value, 1, 1 << 10))),
              Map.entry(
                  "metadata_block_size",
                  (table, value) -> table.setMetadataBlockSize(number(value, 256, 64 << 20))),
              Map.entry(
                  "index_type", (table, value) -> table.setIndexType(IndexType.valueOf(value))),
              Map.entry(
                  "index_shortening",
                  (table, value) -> table.setIndexShortening(IndexShorteningMode.valueOf(value))),
              Map.entry(
                  "data_block_index_type",
                  (table, value) -> table.setDataBlockIndexType(DataBlockIndexType.valueOf(value))),
              Map.entry(
                  "data_block_hash_table_util_ratio",
                  (table, value) -> table.setDataBlockHashTableUtilRatio(ratio(value))),
              Map.entry(
                  "checksum", (table, value) -> table.setChecksumType(ChecksumType.valueOf(value))),
              Map.entry(
                  "format_version",
                  (table, value) -> table.setFormatVersion(number(value, 2, 1 << 10))),
              Map.entry(
                  "partition_filters", (table, value) -> table.setPartitionFilters(truth(value))),
              Map.entry(
                  "optimize_filters_for_memory",
                  (table, value) -> table.setOptimizeFiltersForMemory(truth(value))),
              Map.entry(
                  "whole_key_filtering",
                  (table, value) -> table.setWholeKeyFiltering(truth(value))),
              Map.entry(
                  "use_delta_encoding", (table, value) -> table.setUseDeltaEncoding(truth(value))),
              Map.entry(
                  "enable_index_compression",
                  (table, value) -> table.setEnableIndexCompression(truth(value))),
              Map.entry("block_align", (table, value) -> table.setBlockAlign(truth(value))),
              Map.entry(
                  "verify_compression", (table, value) -> table.setVerifyCompression(truth(value))),
              Map.entry(FILTER_POLICY, TableOptions::setFilterPolicy)));

  /** Those that a store may override. */
  static final Set<String> NAMES = SETTERS.keySet();

  /** Ours, where they differ from RocksDB's; why is in docs/rocksdb.md. */
  private static final Map<String, String> DEFAULTS =
      Map.of("block_size", "4096", FILTER_POLICY, BLOOM + "10");

  private TableOptions() {}

  /** Gives a column family tables with our options and a store's over them. */
  static void set(ColumnFamilyOptions family, Overrides overrides, Cache cache) {
    BlockBasedTableConfig table =
        new BlockBasedTableConfig()
            .setBlockCache(cache)
            .setCacheIndexAndFilterBlocks(true)
            .setCacheIndexAndFilterBlocksWithHighPriority(true)
            .setPinL0FilterAndIndexBlocksInCache(false);
    DEFAULTS.forEach(
        (name, value) -> {
          if (!overrides.options().containsKey(name)) {
            setter(name).set(table, value);
          }
        });
    overrides
        .options()
        .forEach(
            (name, value) -> {
              if (NAMES.contains(name)) {
                override(table, overrides, name, value);
              }
            });
    family.setTableFormatConfig(table);
    if (table.filterPolicy() != null) {
      table.filterPolicy().close(); // the family has a share in what it stands for
    }
  }

  private static void override(
      BlockBasedTableConfig table, Overrides overrides, String name, String value) {
    try {
      setter(name).set(table, value);
    } catch (IllegalArgumentException e) {
      throw overrides.wrong(name, "it is not a value of this option (" + e.getMessage() + ")");
    }
  }

  private static Setter setter(String name) {
    return Objects.requireNonNull(SETTERS.get(name));
  }

  /** {@code bloomfilter:<bits per key>}, or {@code null} for none. */
  @SuppressWarnings("NullAway") // null is RocksDB's way to say none
  private static void setFilterPolicy(BlockBasedTableConfig table, String value) {
    if (value.equals("null") || value.equals("nullptr")) {
      table.setFilterPolicy(null);
    } else if (value.matches("bloomfilter:[0-9.]{1,9}(:(true|false))?")) {
      double bits = Double.parseDouble(value.split(":", -1)[1]);
      table.setFilterPolicy(new BloomFilter(bits));
    } else {
      throw new IllegalArgumentException(
          "it takes bloomfilter:BITS or null, since RocksDB's Java binding has no other filter");
    }
  }

  private static int number(String value, int least, int most) {
    int number = Integer.parseInt(value);
    if (number < least || number > most) {
      throw new IllegalArgumentException("it must be from " + least + " to " + most);
    }
    return number;
  }

  private static double ratio(String value) {
    double ratio = Double.parseDouble(value);
    if (!(ratio > 0 && ratio <= 1)) {
      throw new IllegalArgumentException("it must be more than 0 and at most 1");
    }
    return ratio;
  }

  private static boolean truth(String value) {
    if (value.equals("true") || value.equals("false")) {
      return Boolean.parseBoolean(value);
    }
    throw new IllegalArgumentException("it must be true or false");
  }
}
