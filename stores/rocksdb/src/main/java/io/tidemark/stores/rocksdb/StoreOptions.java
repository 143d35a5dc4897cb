package io.tidemark.stores.rocksdb;

import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.ConfigOptions;

/**
 * How a store's column family is tuned: our defaults, over which go the store's own options. Why
 * the defaults are what they are is in docs/rocksdb.md, with figures.
 */
final class StoreOptions {
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "compression", "kLZ4Compression",
          "max_write_buffer_number", "4",
          "target_file_size_base", "67108864",
          "max_bytes_for_level_base", "268435456",
          // Batches are sorted: each change has its place shortly behind the one before.
          "memtable_insert_with_hint_prefix_extractor", "fixed:0");

  /** Options that would change what a store holds, or the order of its keys. */
  private static final Set<String> REFUSED =
      Set.of(
          "comparator",
          "merge_operator",
          "compaction_filter",
          "compaction_filter_factory",
          "compaction_options_fifo",
          "inplace_update_support");

  /** Options by which tables would leave the shared cache. */
  private static final Set<String> BOUNDING =
      Set.of(
          "block_cache",
          "no_block_cache",
          "persistent_cache",
          "cache_index_and_filter_blocks",
          "cache_index_and_filter_blocks_with_high_priority",
          "pin_l0_filter_and_index_blocks_in_cache",
          "pin_top_level_index_and_filter",
          "metadata_cache_options",
          "cache_usage_options");

  private StoreOptions() {}

  /**
   * The options of a store; the caller closes them.
   *
   * @throws io.tidemark.api.ConfigException (TM-1002) if one is unknown or wrong
   */
  static ColumnFamilyOptions of(Overrides overrides, SharedMemory memory) {
    Map<String, String> all = new HashMap<>(DEFAULTS);
    all.put("write_buffer_size", Long.toString(memory.writeBufferBytes()));
    all.put("arena_block_size", Long.toString(memory.arenaBlockBytes()));
    overrides
        .options()
        .forEach(
            (option, value) -> {
              if (!TableOptions.NAMES.contains(option) && !DatabaseOptions.NAMES.contains(option)) {
                check(overrides, option, value);
                all.put(option, value);
              }
            });
    ColumnFamilyOptions options = parse(Overrides.properties(all));
    if (options == null) {
      throw new IllegalStateException("RocksDB takes each of " + all + " but not all");
    }
    try {
      TableOptions.set(options, overrides, memory.cache());
    } catch (RuntimeException wrong) {
      options.close();
      throw wrong;
    }
    return options;
  }

  /** Tries an option by itself, so that the message can name it. */
  private static void check(Overrides overrides, String option, String value) {
    if (REFUSED.contains(option)
        || option.contains("table_factory")
        || value.contains("FIFO")
        || DatabaseOptions.isKnown(option, value)) {
      throw overrides.wrong(option, "Tidemark does not let this be changed");
    }
    if (BOUNDING.contains(option)) {
      throw overrides.wrong(
          option,
          "Tidemark does not let this be changed, for container.state.memory.bytes bounds the"
              + " memory of all stores together");
    }
    Properties alone = new Properties();
    alone.setProperty(option, value);
    try (ColumnFamilyOptions parsed = parse(alone)) {
      if (parsed == null) {
        throw overrides.unknown(option);
      }
    }
  }

  /** Parses with RocksDB's own parser; null if there is an unknown option or value. */
  private static @Nullable ColumnFamilyOptions parse(Properties properties) {
    try (ConfigOptions strict = new ConfigOptions().setIgnoreUnknownOptions(false)) {
      return ColumnFamilyOptions.getColumnFamilyOptionsFromProps(strict, properties);
    }
  }
}
