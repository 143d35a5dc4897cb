package io.tidemark.benchmarks.checkpoint;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.SnapshotSettings;
import io.tidemark.checkpoint.SnapshotTaker;
import io.tidemark.checkpoint.TaskCut;
import io.tidemark.checkpoint.TaskEngines;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.journal.BlockBuilder;
import io.tidemark.journal.BlockEncoder;
import io.tidemark.journal.Guarantee;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalWriter;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineFiles;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.StorageEngine;
import io.tidemark.stores.rocksdb.RocksDbEngineFactory;
import io.tidemark.system.MemorySystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A task with one store in RocksDB, full of entries with values of 100 bytes that cannot be
 * compressed, of which snapshots are taken. Confined to one thread.
 */
final class FilledTask implements TaskEngines, AutoCloseable {
  static final int VALUE_BYTES = 100;
  private static final int BATCH = 20_000;
  private static final int SLOTS = 128;
  private static final int RECORD_BYTES = 1 << 20;
  private static final UUID JOURNAL_ID = new UUID(1, 2);

  private final RocksDbEngineFactory factory;
  private final Path directory;
  private final TaskName name;
  private final int entries;
  private final Journal journal = new MemoryJournals(new MemorySystem("memory")).journal("journal");
  private final JournalWriter writer;
  private final BlockBuilder builder = new BlockBuilder();
  private final BlockEncoder encoder = new BlockEncoder(RECORD_BYTES);
  private final SplittableRandom random = new SplittableRandom(7);
  private final StorageEngine engine;
  private long commit;
  private long position;

  FilledTask(RocksDbEngineFactory factory, Path directory, int entries) throws IOException {
    this(factory, directory, entries, new TaskName("main", 0));
  }

  FilledTask(RocksDbEngineFactory factory, Path directory, int entries, TaskName name)
      throws IOException {
    this.name = name;
    this.factory = factory;
    this.directory = directory;
    this.entries = entries;
    engine = factory.open(options(Files.createDirectories(directory.resolve("rocksdb"))));
    journal.create(1);
    writer = journal.writer("writer", Guarantee.EXACTLY_ONCE);
    List<Change> batch = new ArrayList<>();
    commit = 1;
    for (int i = 0; i < entries; i++) {
      batch.add(new Change(0, key(i, entries), value()));
      if (batch.size() == BATCH || i == entries - 1) {
        engine.apply(batch, new EngineCommit(commit, 0));
        batch.clear();
      }
    }
    engine.flush();
  }

  static EngineOptions options(Path files) {
    return new EngineOptions(files, "main", List.of(new EngineOptions.Store("store", Map.of())));
  }

  static byte[] key(int number, int entries) {
    short slot = (short) ((long) number * SLOTS / entries);
    return ByteBuffer.allocate(10).putShort(slot).putLong(number).array();
  }

  private byte[] value() {
    ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES + Long.BYTES);
    while (value.position() < VALUE_BYTES) {
      value.putLong(random.nextLong());
    }
    return Arrays.copyOf(value.array(), VALUE_BYTES);
  }

  /** Gives so many entries new values, each commit in the journal and in the engine. */
  void touch(int count, IntUnaryOperator which) throws ExecutionException, InterruptedException {
    for (int i = 0; i < count; ) {
      TreeMap<Integer, byte[]> values = new TreeMap<>();
      for (int end = Math.min(count, i + BATCH); i < end; i++) {
        values.put(which.applyAsInt(i), value());
      }
      commit++;
      List<Change> changes = new ArrayList<>();
      builder.begin(commit, 1, commit, "writer", JOURNAL_ID);
      builder.beginStore("store", values.size());
      values.forEach(
          (number, value) -> {
            byte[] key = key(number, entries);
            builder.change(key, value);
            changes.add(new Change(0, key, value));
          });
      builder.endStore();
      writer.append(0, builder.build(encoder).records());
      position = Objects.requireNonNull(writer.commit().get().get(0));
      engine.apply(changes, new EngineCommit(commit, position));
    }
  }

  int entries() {
    return entries;
  }

  /** A snapshot of the task as it is. */
  TaskManifest take(BlobStore blobs, Executor executor, @Nullable TaskManifest former) {
    TaskCut cut = new TaskCut(name, 1, 1, SLOTS, commit, position, commit, Map.of(), List.of());
    return new SnapshotTaker(
            SnapshotSettings.DEFAULT, blobs, executor, System::nanoTime, nanos -> {})
        .take(
            new SnapshotTaker.Request(
                cut,
                this,
                journal::reader,
                0,
                directory.resolve("snapshot"),
                former,
                former != null && former.position() > 0,
                List.of()));
  }

  @Override
  public SortedMap<String, List<String>> stores() {
    return new TreeMap<>(Map.of("rocksdb", List.of("store")));
  }

  @Override
  public EngineCommit freeze(String type, Path into, long mostUnflushed) {
    return engine.freeze(into, mostUnflushed);
  }

  @Override
  public @Nullable EngineFiles open(String type, Path files) {
    return factory.openFiles(options(files));
  }

  @Override
  public void close() {
    engine.close();
  }
}
