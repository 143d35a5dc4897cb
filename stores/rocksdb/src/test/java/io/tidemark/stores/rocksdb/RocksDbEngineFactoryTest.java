package io.tidemark.stores.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.ConfigException;
import io.tidemark.api.StateException;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.StorageEngine;
import io.tidemark.state.StoreModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RocksDbEngineFactoryTest {
  @TempDir Path directory;

  private final RocksDbEngineFactory factory = new RocksDbEngineFactory(32 << 20);

  @AfterEach
  void closeFactory() {
    factory.close();
  }

  @Test
  void it_is_found_by_its_type() {
    assertThat(ServiceLoader.load(EngineFactory.class))
        .extracting(EngineFactory::type)
        .contains("rocksdb");
  }

  @Test
  void a_store_takes_options_by_rocksdbs_names() {
    Map<String, String> properties =
        Map.of(
            "rocksdb.write_buffer_size", "1048576",
            "rocksdb.compression", "kZSTD",
            "rocksdb.block_size", "4096",
            "rocksdb.prefix_extractor", "fixed:2",
            "rocksdb.filter_policy", "bloomfilter:15:false",
            "rocksdb.index_type", "kTwoLevelIndexSearch",
            "rocksdb.max_open_files", "100",
            "rocksdb.use_direct_reads", "false",
            "key.serde", "string");
    try (StorageEngine engine = factory.open(options(directory, properties))) {
      engine.apply(List.of(StoreModel.put(0, "a", "1")), new EngineCommit(1, 1));
      assertThat(engine.get(0, StoreModel.bytes("a"))).isEqualTo(StoreModel.bytes("1"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "write_bufer_size, 1000",
    "write_buffer_size, large",
    "compression, kNone",
    "block_size, 12k",
    "block_size, 1",
    "comparator, rocksdb.ReverseBytewiseComparator",
    "compaction_style, kCompactionStyleFIFO",
    "table_factory.block_size, 4096",
    "block_cache, 1048576",
    "cache_index_and_filter_blocks, false",
    "filter_policy, ribbonfilter:10",
    "index_type, kBinary",
    "partition_filters, 1",
    "max_open_files, many",
    "wal_dir, /tmp",
    "atomic_flush, false",
    "env, posix"
  })
  void a_wrong_option_is_named(String option, String value) {
    EngineOptions options = options(directory, Map.of("rocksdb." + option, value));
    assertThatThrownBy(() -> factory.open(options))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-1002: stores.counts.rocksdb." + option + "=" + value + ": ");
    factory.open(options(directory, Map.of())).close();
  }

  @ParameterizedTest
  @CsvSource({
    "write_bufer_size, write_buffer_size",
    "blok_size, block_size",
    "max_open_file, max_open_files",
    "comprssion, compression"
  })
  void an_unknown_option_is_answered_with_a_near_one(String option, String meant) {
    EngineOptions options = options(directory, Map.of("rocksdb." + option, "1"));
    assertThatThrownBy(() -> factory.open(options))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("did you mean " + meant + "?");
  }

  @Test
  void stores_of_a_task_may_not_disagree_on_their_database() {
    EngineOptions options =
        new EngineOptions(
            directory,
            "Partition 7",
            List.of(
                new EngineOptions.Store("counts", Map.of("rocksdb.max_open_files", "100")),
                new EngineOptions.Store("names", Map.of()),
                new EngineOptions.Store("totals", Map.of("rocksdb.max_open_files", "200"))));
    assertThatThrownBy(() -> factory.open(options))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-1002: stores.totals.rocksdb.max_open_files=200: ")
        .hasMessageContaining("stores.counts has 100");
  }

  @Test
  void a_database_in_use_is_not_opened_again() {
    try (StorageEngine engine = factory.open(options(directory, Map.of()))) {
      assertThatThrownBy(() -> factory.open(options(directory, Map.of())))
          .isInstanceOf(StateException.class)
          .hasMessageStartingWith("TM-3002: ")
          .hasMessageContaining("Partition 7")
          .hasMessageContaining(directory.toString());
      assertThat(engine.commit()).isEqualTo(EngineCommit.NONE);
    }
  }

  @Test
  void a_directory_that_is_a_file_cannot_be_written() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "in the way");
    assertThatThrownBy(() -> factory.open(options(file, Map.of())))
        .isInstanceOf(StateException.class)
        .hasMessageStartingWith("TM-3004: ")
        .hasMessageContaining("Partition 7")
        .hasMessageContaining(file.toString());
  }

  @Test
  void a_creation_that_was_cut_short_is_begun_again() throws IOException {
    Files.writeString(directory.resolve("MANIFEST-000001"), "");
    try (StorageEngine engine = factory.open(options(directory, Map.of()))) {
      assertThat(engine.commit()).isEqualTo(EngineCommit.NONE);
    }
  }

  @Test
  void what_would_survive_a_crash_is_what_was_flushed_or_is_in_frozen_files() throws IOException {
    Path database = Files.createDirectories(directory.resolve("database"));
    try (StorageEngine engine = factory.open(options(database, Map.of()))) {
      engine.apply(List.of(StoreModel.put(0, "a", "1")), new EngineCommit(1, 10));
      assertThat(engine.durableCommit()).isEqualTo(EngineCommit.NONE);
      engine.flush();
      assertThat(engine.durableCommit()).isEqualTo(new EngineCommit(1, 10));

      engine.apply(List.of(StoreModel.put(0, "b", "1")), new EngineCommit(2, 20));
      Path frozen = Files.createDirectories(directory.resolve("frozen"));
      assertThat(engine.freeze(frozen, 1 << 20)).isEqualTo(engine.durableCommit());
      assertThat(engine.durableCommit()).isEqualTo(new EngineCommit(1, 10));
    }
    try (StorageEngine engine = factory.open(options(database, Map.of()))) {
      assertThat(engine.durableCommit()).isEqualTo(new EngineCommit(2, 20));
    }
  }

  private static EngineOptions options(Path directory, Map<String, String> properties) {
    return new EngineOptions(
        directory, "Partition 7", List.of(new EngineOptions.Store("counts", properties)));
  }
}
