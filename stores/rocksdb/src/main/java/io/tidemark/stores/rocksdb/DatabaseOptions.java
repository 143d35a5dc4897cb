package io.tidemark.stores.rocksdb;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ConfigOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.WriteBufferManager;

/**
 * How a task's database is tuned. Any of its stores may override an option; two may not disagree.
 */
final class DatabaseOptions {
  /** Those that may be overridden: none that atomicity, recovery or the place of files rest on. */
  static final Set<String> NAMES =
      Set.of(
          "advise_random_on_open",
          "allow_fallocate",
          "allow_mmap_reads",
          "bytes_per_sync",
          "compaction_readahead_size",
          "daily_offpeak_time_utc",
          "delayed_write_rate",
          "delete_obsolete_files_period_micros",
          "info_log_level",
          "keep_log_file_num",
          "log_readahead_size",
          "max_background_compactions",
          "max_background_flushes",
          "max_background_jobs",
          "max_file_opening_threads",
          "max_log_file_size",
          "max_manifest_file_size",
          "max_open_files",
          "max_subcompactions",
          "skip_stats_update_on_db_open",
          "stats_dump_period_sec",
          "strict_bytes_per_sync",
          "table_cache_numshardbits",
          "use_adaptive_mutex",
          "use_direct_io_for_flush_and_compaction",
          "use_direct_reads",
          "use_fsync",
          "writable_file_max_buffer_size");

  private DatabaseOptions() {}

  /**
   * The options of a database; the caller closes them.
   *
   * @throws io.tidemark.api.ConfigException (TM-1002) if a store's option is wrong, or two stores
   *     disagree
   */
  static DBOptions of(List<Overrides> stores, SharedMemory memory) {
    int processors = Runtime.getRuntime().availableProcessors();
    Map<String, String> all = new TreeMap<>();
    all.put("max_background_jobs", Integer.toString(Math.max(2, processors)));
    all.put("max_file_opening_threads", Integer.toString(processors));
    all.put("max_open_files", Integer.toString(memory.openFiles()));
    all.put("compaction_readahead_size", Long.toString(memory.readAheadBytes()));
    all.put("writable_file_max_buffer_size", Long.toString(memory.readAheadBytes()));
    all.put("bytes_per_sync", "1048576");
    all.put("stats_dump_period_sec", "0");
    all.put("info_log_level", "WARN_LEVEL");
    all.put("keep_log_file_num", "4");
    all.put("max_log_file_size", "4194304");
    all.putAll(overrides(stores));
    DBOptions options = parse(all);
    if (options == null) {
      throw new IllegalStateException("RocksDB takes each of " + all + " but not all");
    }
    return fix(options, memory.writeBuffers().budget());
  }

  /** Sets what is not to be overridden. */
  private static DBOptions fix(DBOptions options, WriteBufferManager budget) {
    return options
        .setCreateMissingColumnFamilies(true)
        .setAtomicFlush(true)
        .setParanoidChecks(true)
        .setWriteBufferManager(budget)
        .setAllowConcurrentMemtableWrite(false)
        .setEnableWriteThreadAdaptiveYield(false)
        .setStatsPersistPeriodSec(0);
  }

  private static Map<String, String> overrides(List<Overrides> stores) {
    Map<String, String> all = new TreeMap<>();
    Map<String, Overrides> givenBy = new TreeMap<>();
    for (Overrides store : stores) {
      for (var option : store.options().entrySet()) {
        String name = option.getKey();
        if (NAMES.contains(name)) {
          check(store, name, option.getValue());
          Overrides other = givenBy.putIfAbsent(name, store);
          String before = all.put(name, option.getValue());
          if (other != null && !option.getValue().equals(before)) {
            throw store.wrong(
                name,
                "a task's stores share one database, and stores."
                    + other.store()
                    + " has "
                    + before
                    + " for this option of it");
          }
        }
      }
    }
    return all;
  }

  private static void check(Overrides store, String name, String value) {
    if (!isKnown(name, value)) {
      throw store.unknown(name);
    }
  }

  /** Whether RocksDB knows an option of databases, and takes this value. */
  static boolean isKnown(String name, String value) {
    try (DBOptions parsed = parse(Map.of(name, value))) {
      return parsed != null;
    }
  }

  private static @Nullable DBOptions parse(Map<String, String> options) {
    Properties properties = Overrides.properties(options);
    try (ConfigOptions strict = new ConfigOptions().setIgnoreUnknownOptions(false)) {
      return DBOptions.getDBOptionsFromProps(strict, properties);
    }
  }
}
