package io.tidemark.benchmarks.state;

import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.EngineSnapshot;
import io.tidemark.state.StorageEngine;
import io.tidemark.state.StorageEngine.Change;
import io.tidemark.stores.rocksdb.RocksDbEngineFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/** What the engine adds to reads of RocksDB: the same entries, read through it and without it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 8, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // set by load
public class EngineReadBenchmark {
  private static final int KEYS = 500_000;
  private static final int SCANNED = 1000;
  private static final int MANY = 500;

  /** With 8 MiB most blocks are read from files; the entries take 58 MB. */
  @Param({"256", "8"})
  public long memoryMib;

  private final SplittableRandom random = new SplittableRandom(1);
  private Path directory;
  private RocksDbEngineFactory factory;
  private StorageEngine engine;
  private EngineSnapshot snapshot;
  private RawDatabase raw;

  @Setup
  public void load() throws IOException, RocksDBException {
    directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "engine-read");
    factory = new RocksDbEngineFactory(memoryMib << 20);
    Path own = Files.createDirectory(directory.resolve("engine"));
    engine =
        factory.open(
            new EngineOptions(own, "task-0", List.of(new EngineOptions.Store("counts", Map.of()))));
    raw = new RawDatabase(directory.resolve("raw"), memoryMib << 20);
    Workload workload = new Workload();
    for (int i = 1; i <= 20; i++) {
      List<Change> changes = workload.changes(random, KEYS / 10, KEYS);
      engine.apply(changes, new EngineCommit(i, i));
      try (WriteBatch batch = new WriteBatch()) {
        for (Change change : changes) {
          batch.put(change.key(), change.value());
        }
        raw.rocks.write(raw.writeOptions, batch);
      }
    }
    engine.flush();
    raw.rocks.compactRange();
    engine.close();
    engine =
        factory.open(
            new EngineOptions(own, "task-0", List.of(new EngineOptions.Store("counts", Map.of()))));
    snapshot = engine.snapshot();
  }

  @TearDown
  public void close() throws IOException {
    engine.close();
    factory.close();
    raw.close();
    Consumption.delete(directory);
  }

  private byte[] randomKey() {
    return Workload.key(2 * random.nextLong(KEYS));
  }

  @Benchmark
  public byte @Nullable [] getRaw() throws RocksDBException {
    return raw.rocks.get(raw.readOptions, randomKey());
  }

  @Benchmark
  public byte @Nullable [] getEngine() {
    return engine.get(0, randomKey());
  }

  @Benchmark
  public byte @Nullable [] getSnapshot() {
    return snapshot.get(0, randomKey());
  }

  @Benchmark
  @OperationsPerInvocation(MANY)
  public Object getAllRaw() throws RocksDBException {
    byte[][] keys = new byte[MANY][];
    Arrays.setAll(keys, i -> randomKey());
    return raw.rocks.multiGetAsList(
        raw.readOptions,
        Collections.nCopies(MANY, raw.rocks.getDefaultColumnFamily()),
        Arrays.asList(keys));
  }

  @Benchmark
  @OperationsPerInvocation(MANY)
  public byte @Nullable [][] getAllEngine() {
    byte[][] keys = new byte[MANY][];
    Arrays.setAll(keys, i -> randomKey());
    return engine.getAll(0, keys);
  }

  @Benchmark
  @OperationsPerInvocation(SCANNED)
  public void scanRaw(Blackhole hole) {
    try (RocksIterator iterator = raw.rocks.newIterator(raw.readOptions)) {
      iterator.seek(randomKey());
      for (int i = 0; i < SCANNED && iterator.isValid(); i++) {
        hole.consume(iterator.key());
        hole.consume(iterator.value());
        iterator.next();
      }
    }
  }

  @Benchmark
  @OperationsPerInvocation(SCANNED)
  public void scanEngine(Blackhole hole) {
    try (EngineIterator iterator = engine.scan(0, randomKey(), null)) {
      for (int i = 0; i < SCANNED && iterator.valid(); i++) {
        hole.consume(iterator.key());
        hole.consume(iterator.value());
        iterator.next();
      }
    }
  }
}
