package io.tidemark.stores.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.FileBlobStore;
import io.tidemark.checkpoint.RestoreProgress;
import io.tidemark.checkpoint.SnapshotRestorer;
import io.tidemark.checkpoint.SnapshotSettings;
import io.tidemark.checkpoint.SnapshotTaker;
import io.tidemark.checkpoint.TaskCut;
import io.tidemark.checkpoint.TaskEngines;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineFiles;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.StorageEngine;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long the snapshot and the restore of ten million entries of 100 bytes take. */
class LargeSnapshotTest {
  private static final int ENTRIES = Integer.getInteger("tidemark.entries", 10_000_000);
  private static final TaskName TASK = new TaskName("main", 0);

  @TempDir Path root;

  private static EngineOptions options(Path directory) {
    return new EngineOptions(
        directory, "main-0", List.of(new EngineOptions.Store("store", Map.of())));
  }

  @Tag("slow")
  @Test
  void ten_million_entries_are_restored_in_seconds() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (RocksDbEngineFactory factory = new RocksDbEngineFactory(512L << 20);
        FileBlobStore blobs = new FileBlobStore(root.resolve("blobs"), System::currentTimeMillis)) {
      Path state = Files.createDirectories(root.resolve("state/rocksdb"));
      TaskManifest manifest;
      try (StorageEngine engine = factory.open(options(state))) {
        fill(engine);
        manifest = take(factory, engine, blobs, threads);
      }
      long begun = System.nanoTime();
      Path target = Files.createDirectories(root.resolve("restored"));
      new SnapshotRestorer(blobs, threads, 2, System::nanoTime)
          .restore(manifest, target, true, RestoreProgress.Listener.NONE)
          .close();
      try (StorageEngine engine = factory.open(options(target.resolve("rocksdb")))) {
        assertThat(engine.get(0, key(ENTRIES / 2))).hasSize(100);
        System.out.printf(
            "restored %d MiB and opened in %d ms%n",
            manifest.totalBytes() >> 20, (System.nanoTime() - begun) / 1_000_000);
        assertThat(engine.commit()).isEqualTo(new EngineCommit(1, 1));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private TaskManifest take(
      RocksDbEngineFactory factory,
      StorageEngine engine,
      FileBlobStore blobs,
      ExecutorService threads) {
    TaskEngines engines =
        new TaskEngines() {
          @Override
          public SortedMap<String, List<String>> stores() {
            return new TreeMap<>(Map.of("rocksdb", List.of("store")));
          }

          @Override
          public EngineCommit freeze(String type, Path into, long mostUnflushed) {
            long begun = System.nanoTime();
            EngineCommit commit = engine.freeze(into, mostUnflushed);
            System.out.printf("froze in %d ms%n", (System.nanoTime() - begun) / 1_000_000);
            return commit;
          }

          @Override
          public EngineFiles open(String type, Path directory) {
            return factory.openFiles(options(directory));
          }
        };
    SnapshotTaker taker =
        new SnapshotTaker(SnapshotSettings.DEFAULT, blobs, threads, System::nanoTime, nanos -> {});
    TaskCut cut = new TaskCut(TASK, 1, 1, 128, 1, 1, 1, Map.of(), List.of());
    long begun = System.nanoTime();
    TaskManifest manifest =
        taker.take(
            new SnapshotTaker.Request(
                cut,
                engines,
                () -> {
                  throw new IllegalStateException("the files equal the cut");
                },
                0,
                root.resolve("state/snapshot"),
                null,
                true,
                List.of()));
    System.out.printf(
        "took %s in %d ms%n", manifest.work(), (System.nanoTime() - begun) / 1_000_000);
    return manifest;
  }

  private static void fill(StorageEngine engine) {
    Random random = new Random(1);
    List<Change> batch = new ArrayList<>();
    for (int i = 0; i < ENTRIES; i++) {
      byte[] value = new byte[100];
      random.nextBytes(value);
      batch.add(new Change(0, key(i), value));
      if (batch.size() == 100_000 || i == ENTRIES - 1) {
        engine.apply(batch, new EngineCommit(1, 1));
        batch.clear();
      }
    }
    engine.flush();
  }

  private static byte[] key(int number) {
    short slot = (short) ((long) number * 128 / ENTRIES);
    return ByteBuffer.allocate(10).putShort(slot).putLong(number).array();
  }
}
