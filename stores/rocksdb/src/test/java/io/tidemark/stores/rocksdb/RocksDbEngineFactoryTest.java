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
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
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
    "compaction_style, kCompactionStyleFIFO"
  })
  void a_wrong_option_is_named(String option, String value) {
    EngineOptions options = options(directory, Map.of("rocksdb." + option, value));
    assertThatThrownBy(() -> factory.open(options))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-1002: stores.counts.rocksdb." + option + "=" + value + ": ");
    factory.open(options(directory, Map.of())).close();
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
  @EnabledOnOs(OS.LINUX)
  void memory_does_not_grow_with_engines_and_iterators_opened() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms64m",
                "-Xmx64m",
                "-XX:+AlwaysPreTouch",
                "-cp",
                System.getProperty("java.class.path"),
                OpeningProcess.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .start();
    List<String> lines = process.inputReader().lines().toList();
    assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
    assertThat(Long.parseLong(lines.get(lines.size() - 1))).isLessThan(32L << 20);
  }

  private static EngineOptions options(Path directory, Map<String, String> properties) {
    return new EngineOptions(
        directory, "Partition 7", List.of(new EngineOptions.Store("counts", properties)));
  }
}
