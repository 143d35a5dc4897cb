package io.tidemark.benchmarks.state;

import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.StorageEngine;
import io.tidemark.stores.rocksdb.RocksDbEngineFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.rocksdb.EnvOptions;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileWriter;

/**
 * Compares two ways of a sorted batch into RocksDB: through memtables, as the engine does, and as a
 * file that is written by itself and taken in. Arguments: a directory, the number of keys, how many
 * entries to write in all, and sizes of batches.
 */
public final class IngestComparison {
  private static final long MEMORY = 256L << 20;

  private final Path directory;
  private final int keys;
  private final int entries;
  private final int batch;
  private final Workload workload = new Workload();
  private Consumption inBatches = new Consumption(0, 0, 0, 0);

  private IngestComparison(String[] arguments, int batch) throws IOException {
    directory = Files.createTempDirectory(Path.of(arguments[0]), "ingest-comparison");
    keys = Integer.parseInt(arguments[1]);
    entries = Integer.parseInt(arguments[2]);
    this.batch = batch;
  }

  public static void main(String[] arguments) throws IOException, RocksDBException {
    System.out.println(
        "| way | batch | k/s of the thread's CPU | k/s of wall time | all CPU s | written MB |");
    System.out.println("|---|" + "---:|".repeat(5));
    for (int i = 3; i < arguments.length; i++) {
      int batch = Integer.parseInt(arguments[i]);
      new IngestComparison(arguments, batch).throughMemtables();
      new IngestComparison(arguments, batch).asFiles();
    }
  }

  private void throughMemtables() throws IOException {
    try (RocksDbEngineFactory factory = new RocksDbEngineFactory(MEMORY)) {
      List<EngineOptions.Store> stores = List.of(new EngineOptions.Store("counts", Map.of()));
      StorageEngine engine = factory.open(new EngineOptions(directory, "task-0", stores));
      SplittableRandom random = new SplittableRandom(1);
      for (int i = 1; i <= entries / batch; i++) {
        List<Change> changes = workload.changes(random, batch, keys);
        Consumption start = Consumption.now();
        engine.apply(changes, new EngineCommit(i, i));
        add(start);
      }
      Consumption start = Consumption.now();
      engine.close();
      add(start);
    }
    report("memtables");
  }

  private void asFiles() throws IOException, RocksDBException {
    Path database = directory.resolve("database");
    try (RawDatabase raw = new RawDatabase(database, MEMORY);
        EnvOptions environment = new EnvOptions();
        IngestExternalFileOptions take = new IngestExternalFileOptions().setMoveFiles(true)) {
      SplittableRandom random = new SplittableRandom(1);
      for (int i = 1; i <= entries / batch; i++) {
        List<Change> changes = workload.changes(random, batch, keys);
        Consumption start = Consumption.now();
        String file = directory.resolve("batch-" + i + ".sst").toString();
        try (SstFileWriter writer = new SstFileWriter(environment, raw.options)) {
          writer.open(file);
          for (Change change : changes) {
            writer.put(change.key(), change.value());
          }
          writer.finish();
        }
        raw.rocks.ingestExternalFile(List.of(file), take);
        add(start);
      }
      Consumption start = Consumption.now();
      raw.close();
      add(start);
    }
    report("files");
  }

  private void add(Consumption start) {
    Consumption used = Consumption.now().since(start);
    inBatches =
        new Consumption(
            inBatches.threadNanos() + used.threadNanos(),
            inBatches.processNanos() + used.processNanos(),
            inBatches.wallNanos() + used.wallNanos(),
            inBatches.writtenBytes() + used.writtenBytes());
  }

  private void report(String way) throws IOException {
    System.out.printf(
        "| %s | %d | %d | %d | %.1f | %d |%n",
        way,
        batch,
        entries * 1_000_000L / inBatches.threadNanos(),
        entries * 1_000_000L / inBatches.wallNanos(),
        inBatches.processNanos() / 1e9,
        inBatches.writtenBytes() / 1_000_000);
    Consumption.delete(directory);
  }
}
