package io.tidemark.stores.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.StateException;
import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineFiles;
import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.EngineReader.Direction;
import io.tidemark.state.StorageEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that is only looked at. */
class DatabaseFilesTest {
  @TempDir private Path directory;

  private final RocksDbEngineFactory factory = new RocksDbEngineFactory(64 << 20);

  @AfterEach
  void close() {
    factory.close();
  }

  private EngineOptions options(String... stores) {
    return new EngineOptions(
        directory,
        "main-0",
        Arrays.stream(stores).map(name -> new EngineOptions.Store(name, Map.of())).toList());
  }

  private void write() {
    try (StorageEngine engine = factory.open(options("first", "second"))) {
      engine.apply(
          List.of(
              new Change(0, bytes("a"), bytes("1")),
              new Change(0, bytes("b"), bytes("2")),
              new Change(0, bytes("c"), bytes("3")),
              new Change(1, bytes("b"), bytes("x"))),
          new EngineCommit(7, 99));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static List<String> scan(
      EngineFiles files, int store, String from, @Nullable String to, Direction direction) {
    List<String> found = new ArrayList<>();
    try (EngineIterator entries =
        files.scan(store, bytes(from), to == null ? null : bytes(to), direction)) {
      for (; entries.valid(); entries.next()) {
        found.add(new String(entries.key(), UTF_8) + new String(entries.value(), UTF_8));
      }
    }
    return found;
  }

  @Test
  void the_memory_that_databases_share_is_freed_when_the_last_that_uses_it_is_closed() {
    write();
    SharedMemory memory = new SharedMemory(64 << 20);
    memory.enter();
    try (EngineFiles files = DatabaseFiles.open(options("first", "second"), memory)) {
      memory.leave(); // as its factory does, when the container ends under a snapshot
      assertThat(memory.cache().isOwningHandle()).isTrue();
      assertThat(scan(files, 1, "", null, Direction.FORWARD)).containsExactly("bx");
    }
    assertThat(memory.cache().isOwningHandle()).isFalse();
  }

  @Test
  void its_memory_is_left_by_what_cannot_be_opened() throws IOException {
    SharedMemory memory = new SharedMemory(64 << 20);
    memory.enter();
    assertThat(DatabaseFiles.open(options("first"), memory)).as("there is nothing").isNull();
    write();
    Files.writeString(directory.resolve("CURRENT"), "MANIFEST-999999\n");
    memory.enter();
    assertThatThrownBy(() -> DatabaseFiles.open(options("first"), memory))
        .isInstanceOf(StateException.class);
    memory.enter();
    assertThatThrownBy(
            () -> new Database(options("first"), memory, new Failures("main-0", directory)))
        .isInstanceOf(StateException.class);
    memory.leave();
    assertThat(memory.cache().isOwningHandle()).isFalse();
  }

  @Test
  void its_entries_and_its_commit_are_those_of_the_engine_that_was_closed() {
    write();

    try (EngineFiles files = factory.openFiles(options("second", "first"))) {
      assertThat(files.commit()).isEqualTo(new EngineCommit(7, 99));
      assertThat(files.get(1, bytes("b"))).isEqualTo(bytes("2"));
      assertThat(files.get(0, bytes("a"))).isNull();
      assertThat(scan(files, 0, "", null, Direction.FORWARD)).containsExactly("bx");
      assertThat(scan(files, 1, "", null, Direction.FORWARD)).containsExactly("a1", "b2", "c3");
      assertThat(scan(files, 1, "a", "c", Direction.BACKWARD)).containsExactly("b2", "a1");
      assertThat(scan(files, 1, "b", null, Direction.BACKWARD)).containsExactly("c3", "b2");
      assertThat(scan(files, 1, "c", "a", Direction.FORWARD)).isEmpty();
      assertThat(files.approximateEntries(1)).isEqualTo(3);
    }
  }

  @Test
  void a_store_that_is_not_there_is_empty() {
    write();

    try (EngineFiles files = factory.openFiles(options("third"))) {
      assertThat(files.get(0, bytes("a"))).isNull();
      assertThat(scan(files, 0, "", null, Direction.FORWARD)).isEmpty();
      assertThat(files.approximateEntries(0)).isZero();
    }
  }

  @Test
  void an_empty_directory_has_none_and_stays_empty() throws IOException {
    assertThat(factory.openFiles(options("first"))).isNull();
    assertThat(contents()).isEmpty();
  }

  @Test
  void looking_changes_no_file() throws IOException {
    write();
    Map<String, List<Byte>> before = contents();

    factory.openFiles(options("first")).close();

    assertThat(contents()).isEqualTo(before);
  }

  private Map<String, List<Byte>> contents() throws IOException {
    Map<String, List<Byte>> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        List<Byte> bytes = new ArrayList<>();
        for (byte b : Files.readAllBytes(file)) {
          bytes.add(b);
        }
        contents.put(file.getFileName().toString(), bytes);
      }
    }
    return contents;
  }

  @Test
  void damage_is_told() throws IOException {
    write();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".sst")).toList()) {
        Files.write(file, new byte[100]);
      }
    }

    assertThatThrownBy(
            () -> {
              try (EngineFiles files = factory.openFiles(options("first"))) {
                files.get(0, bytes("a"));
              }
            })
        .hasMessageStartingWith("TM-3003");
  }
}
