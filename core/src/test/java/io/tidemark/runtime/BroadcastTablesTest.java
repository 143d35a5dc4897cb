package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.StateException;
import io.tidemark.api.SystemStream;
import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.EngineSnapshot;
import io.tidemark.state.MemoryEngineFactory;
import io.tidemark.state.StorageEngine;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.SystemProducer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BroadcastTablesTest {
  @TempDir Path directory;

  private final MemorySystem memory = new MemorySystem("memory");
  private final EngineFactory engines = new Kept();
  private boolean damaged;

  /** Keeps an engine as long as its file is there, and finds it damaged when told so. */
  private final class Kept implements EngineFactory {
    private @Nullable StorageEngine kept;

    @Override
    public String type() {
      return "kept";
    }

    @Override
    public StorageEngine open(EngineOptions options) {
      if (damaged) {
        damaged = false;
        kept = null;
        throw new StateException(StateException.DAMAGED, "a file is damaged");
      }
      Path file = options.directory().resolve("file");
      StorageEngine engine =
          kept != null && Files.exists(file) ? kept : new MemoryEngineFactory().open(options);
      kept = engine;
      write(file);
      return new Uncloseable(engine);
    }
  }

  private static void write(Path file) {
    try {
      Files.writeString(file, "contents");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeEach
  void createStream() {
    memory.admin().create(new StreamSpec("prices", 1, Map.of()));
  }

  private BroadcastTables tables() {
    return new BroadcastTables(
        directory,
        "job-1",
        0,
        List.of(
            new BroadcastTable.Spec(
                "prices",
                engines,
                Map.of(),
                new SystemStream("memory", "prices"),
                memory,
                Setting.strings(),
                Setting.strings(),
                10,
                false,
                1_000,
                false)),
        () -> 0);
  }

  private void send(String key, @Nullable String value) {
    byte[] bytes = key.getBytes(UTF_8);
    byte[] message = value == null ? null : value.getBytes(UTF_8);
    try (SystemProducer producer = memory.producer("test")) {
      producer.send(new OutgoingRecord("prices", 0, bytes, bytes, message, -1, List.of()));
    }
  }

  private static @Nullable String value(BroadcastTables tables, String key) {
    byte[] value = tables.tables().get(0).reader().get(0, key.getBytes(UTF_8));
    return value == null ? null : new String(value, UTF_8);
  }

  /** How many records it takes until tables are populated. */
  private static int populate(BroadcastTables tables) {
    tables.open();
    int taken = 0;
    while (!tables.isPopulated()) {
      taken += tables.doWork(0);
    }
    return taken;
  }

  @Test
  void a_restart_reads_on_where_the_contents_end() {
    send("anchor", "1");
    send("rope", "2");
    try (BroadcastTables tables = tables()) {
      assertThat(populate(tables)).isEqualTo(2);
    }
    send("anchor", null);
    try (BroadcastTables tables = tables()) {
      assertThat(populate(tables)).isEqualTo(1);
      assertThat(value(tables, "anchor")).isNull();
      assertThat(value(tables, "rope")).isEqualTo("2");
    }
  }

  @Test
  void a_trimmed_source_is_read_from_its_beginning_and_nothing_older_survives() {
    send("anchor", "1");
    try (BroadcastTables tables = tables()) {
      populate(tables);
    }
    send("anchor", null);
    send("rope", "2");
    memory.trim("prices", 0, 2);
    try (BroadcastTables tables = tables()) {
      assertThat(populate(tables)).isEqualTo(1);
      assertThat(value(tables, "anchor")).isNull();
      assertThat(value(tables, "rope")).isEqualTo("2");
    }
  }

  @Test
  void damage_found_at_the_start_costs_another_reading() {
    send("anchor", "1");
    try (BroadcastTables tables = tables()) {
      populate(tables);
    }
    damaged = true;
    try (BroadcastTables tables = tables()) {
      assertThat(populate(tables)).isEqualTo(1);
      assertThat(value(tables, "anchor")).isEqualTo("1");
    }
  }

  @Test
  void damage_found_by_a_task_is_noted_for_the_next_start_and_is_not_that_of_the_task() {
    try (BroadcastTables tables = tables()) {
      populate(tables);
      StateException found = new StateException(StateException.DAMAGED, "a file is damaged");
      RuntimeException thrown = tables.tables().get(0).failure(found);
      assertThat(thrown)
          .hasMessageContaining("TM-2022")
          .hasMessageContaining("prices")
          .hasNoCause();
      assertThat(directory.resolve("job-1/container-0.broadcast/damaged")).exists();
      StateException other = new StateException("TM-3004", "a full disk");
      assertThat(tables.tables().get(0).failure(other)).isSameAs(other);
    }
    try (BroadcastTables tables = tables()) {
      populate(tables);
      assertThat(directory.resolve("job-1/container-0.broadcast/damaged")).doesNotExist();
    }
  }

  @Test
  void a_value_that_is_too_large_is_refused() {
    send("anchor", "12345678901");
    try (BroadcastTables tables = tables()) {
      assertThatThrownBy(() -> populate(tables))
          .hasMessageContaining("TM-2021")
          .hasMessageContaining("max.value.bytes allows 10");
    }
  }

  @Test
  void a_container_is_not_started_twice() {
    try (BroadcastTables first = tables();
        BroadcastTables second = tables()) {
      first.open();
      assertThatThrownBy(second::open).hasMessageContaining("TM-3002");
    }
  }

  /** An engine in memory that lives on. */
  private record Uncloseable(StorageEngine engine) implements StorageEngine {
    @Override
    public EngineCommit commit() {
      return engine.commit();
    }

    @Override
    public byte @Nullable [] get(int store, byte[] key) {
      return engine.get(store, key);
    }

    @Override
    public EngineIterator scan(int store, byte[] from, byte @Nullable [] to, Direction direction) {
      return engine.scan(store, from, to, direction);
    }

    @Override
    public EngineSnapshot snapshot() {
      return engine.snapshot();
    }

    @Override
    public void apply(Iterable<Change> changes, EngineCommit commit) {
      engine.apply(changes, commit);
    }

    @Override
    public void flush() {
      engine.flush();
    }

    @Override
    public long approximateEntries(int store) {
      return engine.approximateEntries(store);
    }

    @Override
    public void close() {
      // Its contents are read again.
    }
  }
}
