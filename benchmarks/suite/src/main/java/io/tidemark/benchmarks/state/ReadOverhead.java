package io.tidemark.benchmarks.state;

import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.EngineReader;
import io.tidemark.state.EngineSnapshot;
import io.tidemark.state.StorageEngine;
import io.tidemark.stores.rocksdb.RocksDbEngineFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * Measures what the engine adds to reads of RocksDB: the same entries read through it and without
 * it, in turn. Nanoseconds of the thread's processor time for each entry, the best of many rounds.
 * Arguments: a directory, the number of keys, and the memory of each side in MiB.
 */
public final class ReadOverhead {
  private static final int ROUNDS = 30;
  private static final int READS = 20_000;
  private static final int SCANNED = 1000;
  private static final int MANY = 500;

  private final int keys;
  private final StorageEngine engine;
  private final EngineSnapshot snapshot;
  private final RawDatabase raw;
  private final Map<String, Long> best = new LinkedHashMap<>();

  /** Reads with keys that a generator draws, {@link #READS} of them. */
  private interface Reads {
    void run(SplittableRandom random) throws RocksDBException;
  }

  private ReadOverhead(int keys, StorageEngine engine, RawDatabase raw) throws RocksDBException {
    this.keys = keys;
    this.engine = engine;
    this.raw = raw;
    load();
    snapshot = engine.snapshot();
  }

  public static void main(String[] arguments) throws IOException, RocksDBException {
    Path directory = Files.createTempDirectory(Path.of(arguments[0]), "read-overhead");
    long memory = Long.parseLong(arguments[2]) << 20;
    Path own = Files.createDirectory(directory.resolve("engine"));
    List<EngineOptions.Store> stores = List.of(new EngineOptions.Store("counts", Map.of()));
    try (RocksDbEngineFactory factory = new RocksDbEngineFactory(memory);
        StorageEngine engine = factory.open(new EngineOptions(own, "task-0", stores));
        RawDatabase raw = new RawDatabase(directory.resolve("raw"), memory)) {
      new ReadOverhead(Integer.parseInt(arguments[1]), engine, raw).measure();
    } finally {
      Consumption.delete(directory);
    }
  }

  /** The same files on both sides: each batch is flushed, and nothing is written twice. */
  private void load() throws RocksDBException {
    Workload workload = new Workload();
    List<Change> changes = workload.changes(new SplittableRandom(1), keys, keys);
    engine.apply(changes, new EngineCommit(1, 1));
    engine.flush();
    try (WriteBatch batch = new WriteBatch()) {
      for (Change change : changes) {
        batch.put(change.key(), change.value());
      }
      raw.write(batch);
    }
  }

  private void measure() throws RocksDBException {
    for (int round = 1; round <= ROUNDS; round++) {
      time("get, RocksDB", round, this::getRaw);
      time("get, engine", round, random -> get(random, engine));
      time("get, snapshot", round, random -> get(random, snapshot));
      time("several keys, RocksDB", round, this::getAllRaw);
      time("several keys, engine", round, this::getAll);
      time("scan, RocksDB", round, this::scanRaw);
      time("scan, engine", round, this::scan);
      time("open a scan, engine", round, this::openScans);
      time("snapshot, engine", round, this::openSnapshots);
    }
    best.forEach((what, nanos) -> System.out.printf("| %s | %d |%n", what, nanos));
    snapshot.close();
  }

  private void time(String what, int seed, Reads reads) throws RocksDBException {
    SplittableRandom random = new SplittableRandom(seed);
    Consumption start = Consumption.now();
    reads.run(random);
    best.merge(what, Consumption.now().since(start).threadNanos() / READS, Math::min);
  }

  private byte[] key(SplittableRandom random) {
    return Workload.key(2 * random.nextLong(keys));
  }

  private void getRaw(SplittableRandom random) throws RocksDBException {
    for (int i = 0; i < READS; i++) {
      raw.rocks.get(raw.family, raw.readOptions, key(random));
    }
  }

  private void get(SplittableRandom random, EngineReader reader) {
    for (int i = 0; i < READS; i++) {
      reader.get(0, key(random));
    }
  }

  private void getAllRaw(SplittableRandom random) throws RocksDBException {
    byte[][] many = new byte[MANY][];
    for (int i = 0; i < READS / MANY; i++) {
      Arrays.setAll(many, k -> key(random));
      raw.rocks.multiGetAsList(
          raw.readOptions, Collections.nCopies(MANY, raw.family), Arrays.asList(many));
    }
  }

  private void getAll(SplittableRandom random) {
    byte[][] many = new byte[MANY][];
    for (int i = 0; i < READS / MANY; i++) {
      Arrays.setAll(many, k -> key(random));
      engine.getAll(0, many);
    }
  }

  private void scanRaw(SplittableRandom random) {
    for (int i = 0; i < READS / SCANNED; i++) {
      try (RocksIterator iterator = raw.rocks.newIterator(raw.family, raw.readOptions)) {
        iterator.seek(key(random));
        for (int entry = 0; entry < SCANNED && iterator.isValid(); entry++) {
          iterator.key();
          iterator.value();
          iterator.next();
        }
      }
    }
  }

  private void scan(SplittableRandom random) {
    for (int i = 0; i < READS / SCANNED; i++) {
      try (EngineIterator iterator = engine.scan(0, key(random), null)) {
        for (int entry = 0; entry < SCANNED && iterator.valid(); entry++) {
          iterator.key();
          iterator.value();
          iterator.next();
        }
      }
    }
  }

  private void openScans(SplittableRandom random) {
    for (int i = 0; i < READS; i++) {
      engine.scan(0, key(random), null).close();
    }
  }

  private void openSnapshots(SplittableRandom random) {
    for (int i = 0; i < READS; i++) {
      engine.snapshot().close();
    }
  }
}
