package io.tidemark.benchmarks.checkpoint;

import io.tidemark.checkpoint.FileBlobStore;
import io.tidemark.checkpoint.RestoreProgress;
import io.tidemark.checkpoint.SnapshotRestorer;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.state.StorageEngine;
import io.tidemark.stores.rocksdb.RocksDbEngineFactory;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * How long a task's snapshot takes to be on an empty disk again: all files brought and verified,
 * the engine opened, and an entry read. {@code on disk} is when all of it would survive the loss of
 * power. {@code keep half} is how long the engine then takes to drop every other slot, as one of
 * twice as many tasks does.
 *
 * <p>Kafka Streams restores the same entries beside it, in the same rounds, as {@link
 * StreamsRestore} says.
 *
 * <p>Arguments: a directory on the disk to measure, the number of entries, and rounds. {@code
 * alone} as the last one leaves Kafka Streams out.
 */
public final class RestoreBenchmark {
  private RestoreBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    Path root = Files.createTempDirectory(Path.of(arguments[0]), "restore");
    int entries = Integer.parseInt(arguments[1]);
    try {
      Path blobs = root.resolve("blobs");
      TaskManifest manifest = take(root, blobs, entries);
      int rounds = Integer.parseInt(arguments[2]);
      if (arguments.length > 3 && arguments[3].equals("alone")) {
        head();
        for (int round = 0; round < rounds; round++) {
          restore(root.resolve("round-" + round), blobs, manifest, entries);
        }
        return;
      }
      try (LocalKafka kafka = LocalKafka.start(root.resolve("kafka"))) {
        StreamsRestore streams = new StreamsRestore(kafka.bootstrapServers());
        streams.fill(entries);
        head();
        for (int round = 0; round < rounds; round++) {
          restore(root.resolve("round-" + round), blobs, manifest, entries);
          for (boolean tuned : new boolean[] {false, true}) {
            System.out.println(streams.restore(root.resolve("streams"), entries, tuned));
          }
        }
      }
    } finally {
      Measured.delete(root);
    }
  }

  private static void head() {
    System.out.println(Measured.machine());
    System.out.println("| | MiB | restored ms | opened ms | on disk ms | keep half ms |");
    System.out.println("|---|---:|---:|---:|---:|---:|");
  }

  private static TaskManifest take(Path root, Path blobs, int entries) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (RocksDbEngineFactory factory = new RocksDbEngineFactory(512L << 20);
        FileBlobStore store = new FileBlobStore(blobs, System::currentTimeMillis);
        FilledTask task = new FilledTask(factory, root.resolve("state"), entries)) {
      return task.take(store, threads, null);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void restore(Path target, Path blobs, TaskManifest manifest, int entries)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    long begun = System.nanoTime();
    try (RocksDbEngineFactory factory = new RocksDbEngineFactory(512L << 20);
        FileBlobStore store = new FileBlobStore(blobs, System::currentTimeMillis)) {
      new SnapshotRestorer(store, threads, 2, System::nanoTime)
          .restore(manifest, target, true, RestoreProgress.Listener.NONE)
          .close();
      long restored = Measured.millisSince(begun);
      long opened;
      long forced;
      long kept;
      try (StorageEngine engine = factory.open(FilledTask.options(target.resolve("rocksdb")))) {
        byte[] value = engine.get(0, FilledTask.key(entries / 2, entries));
        if (value == null || value.length != FilledTask.VALUE_BYTES) {
          throw new IllegalStateException("an entry is missing");
        }
        opened = Measured.millisSince(begun);
        threads.shutdown();
        threads.awaitTermination(10, TimeUnit.MINUTES);
        forced = Measured.millisSince(begun);
        long dropping = System.nanoTime();
        engine.retain(slot -> slot % 2 == 0);
        kept = Measured.millisSince(dropping);
      }
      System.out.printf(
          "| Tidemark | %d | %d | %d | %d | %d |%n",
          manifest.totalBytes() >> 20, restored, opened, forced, kept);
    } finally {
      threads.shutdownNow();
      Measured.delete(target);
    }
  }
}
