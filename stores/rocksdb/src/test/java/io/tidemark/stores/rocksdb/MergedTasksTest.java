package io.tidemark.stores.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Division;
import io.tidemark.checkpoint.FileBlobStore;
import io.tidemark.checkpoint.FileRef;
import io.tidemark.checkpoint.Reshaper;
import io.tidemark.checkpoint.SnapshotRestorer;
import io.tidemark.checkpoint.SnapshotSettings;
import io.tidemark.checkpoint.SnapshotTaker;
import io.tidemark.checkpoint.TaskCut;
import io.tidemark.checkpoint.TaskEngines;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.journal.StoreIdentity;
import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineFiles;
import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.StorageEngine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that become one: the files of the largest stay as they are. */
@Timeout(120)
class MergedTasksTest {
  private static final int TASKS = 4;
  private static final int SLOTS = 128;
  private static final int LARGEST = 2;
  private static final StoreIdentity STORE =
      new StoreIdentity("store", 1, "bytes", "partition", "", List.of("bytes"));

  @TempDir Path root;

  private static EngineOptions options(Path directory) {
    return new EngineOptions(
        directory, "main", List.of(new EngineOptions.Store("store", Map.of())));
  }

  @Test
  void the_largest_is_taken_over_without_rewriting_its_files() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (RocksDbEngineFactory factory = new RocksDbEngineFactory(64L << 20);
        FileBlobStore blobs = new FileBlobStore(root.resolve("blobs"), System::currentTimeMillis)) {
      SortedMap<String, String> expected = new TreeMap<>();
      List<TaskManifest> parts = new ArrayList<>();
      for (int task = 0; task < TASKS; task++) {
        parts.add(part(task, factory, blobs, threads, expected));
      }
      Path target = Files.createDirectories(root.resolve("merged"));
      new Reshaper(new SnapshotRestorer(blobs, threads, 2, System::nanoTime), type -> factory)
          .restore(
              new Division(new TaskName("main", 0), 1, SLOTS),
              parts,
              Map.of(),
              List.of(new Reshaper.Store("store", "rocksdb", Map.of())),
              target);
      List<String> before =
          parts.get(LARGEST).engines().get(0).files().stream()
              .filter(file -> file.name().endsWith(".sst"))
              .map(FileRef::sha256)
              .toList();
      assertThat(before).isNotEmpty();
      assertThat(tables(target.resolve("rocksdb"))).containsAll(before);
      try (StorageEngine engine = factory.open(options(target.resolve("rocksdb")))) {
        assertThat(entries(engine)).isEqualTo(expected);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** A task's part of a checkpoint; its entries are added to those expected. */
  private TaskManifest part(
      int task,
      RocksDbEngineFactory factory,
      FileBlobStore blobs,
      ExecutorService threads,
      SortedMap<String, String> expected)
      throws IOException {
    Path state = root.resolve("state-" + task);
    Path files = Files.createDirectories(state.resolve("rocksdb"));
    try (StorageEngine engine = factory.open(options(files))) {
      Random random = new Random(task);
      List<Change> batch = new ArrayList<>();
      for (int i = 0; i < (task == LARGEST ? 60_000 : 20_000); i++) {
        int slot = task + TASKS * random.nextInt(SLOTS / TASKS);
        byte[] key = ByteBuffer.allocate(10).putShort((short) slot).putLong(i).array();
        byte[] value = new byte[100];
        random.nextBytes(value);
        batch.add(new Change(0, key, value));
        expected.put(HexFormat.of().formatHex(key), HexFormat.of().formatHex(value));
      }
      engine.apply(batch, new EngineCommit(1, 1));
      engine.flush();
      TaskCut cut =
          new TaskCut(
              new TaskName("main", task), TASKS, 1, SLOTS, 1, 1, 1, Map.of(), List.of(STORE));
      return new SnapshotTaker(
              SnapshotSettings.DEFAULT, blobs, threads, System::nanoTime, nanos -> {})
          .take(
              new SnapshotTaker.Request(
                  cut,
                  engines(factory, engine),
                  () -> {
                    throw new IllegalStateException("the files equal the cut");
                  },
                  0,
                  state.resolve("snapshot"),
                  null,
                  true,
                  List.of()));
    }
  }

  private static TaskEngines engines(RocksDbEngineFactory factory, StorageEngine engine) {
    return new TaskEngines() {
      @Override
      public SortedMap<String, List<String>> stores() {
        return new TreeMap<>(Map.of("rocksdb", List.of("store")));
      }

      @Override
      public EngineCommit freeze(String type, Path into, long mostUnflushed) {
        return engine.freeze(into, mostUnflushed);
      }

      @Override
      public EngineFiles open(String type, Path directory) {
        return factory.openFiles(options(directory));
      }
    };
  }

  private static SortedMap<String, String> entries(StorageEngine engine) {
    SortedMap<String, String> entries = new TreeMap<>();
    try (EngineIterator all = engine.scan(0, new byte[0], null)) {
      for (; all.valid(); all.next()) {
        entries.put(HexFormat.of().formatHex(all.key()), HexFormat.of().formatHex(all.value()));
      }
    }
    return entries;
  }

  /** The hashes of an engine's tables. */
  private static List<String> tables(Path directory) throws Exception {
    List<String> hashes = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(found -> found.toString().endsWith(".sst")).toList()) {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        hashes.add(HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file))));
      }
    }
    return hashes;
  }
}
