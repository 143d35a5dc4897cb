package io.tidemark.benchmarks.state;

import io.tidemark.api.BytesSerde;
import io.tidemark.api.LongSerde;
import io.tidemark.state.Prefetch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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

/**
 * A task's store beside RocksDB by itself: entries of an 8-byte key and a value of 100 bytes, with
 * state of a part or a multiple of the memory that both may take. The store commits every 50,000
 * operations; RocksDB writes each by itself, without its log.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
@SuppressWarnings("NullAway.Init") // set by load
public class StoreBenchmark {
  private static final int OPERATIONS = 50_000;
  private static final int VALUE_BYTES = 100;
  private static final long MEMORY_BYTES = 64 << 20;
  private static final int PREFETCHED = 256;
  private static final int SCANNED = 1_000;

  /** How much larger than the memory the state is. */
  @Param({"0.1", "1", "8"})
  public double size;

  @Param({"uniform", "zipf"})
  public String distribution;

  private long entries;
  private Keys keys;
  private Path directory;
  private TaskStores<Long, byte[]> stores;
  private RawDatabase raw;

  @Setup
  public void load() throws IOException, RocksDBException {
    entries = (long) (size * MEMORY_BYTES / (Long.BYTES + VALUE_BYTES));
    keys = new Keys(1, entries, distribution.equals("zipf"));
    directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "store");
    stores = open();
    raw = new RawDatabase(directory.resolve("raw"), MEMORY_BYTES);
    for (long key = 0; key < entries; key++) {
      byte[] value = value(key);
      stores.store.put(key, value);
      raw.rocks.put(raw.writeOptions, bytes(key), value);
      if (key % OPERATIONS == 0) {
        stores.commit();
      }
    }
    stores.commit();
    stores.state.drain();
    raw.rocks.flush(new org.rocksdb.FlushOptions().setWaitForFlush(true));
  }

  private TaskStores<Long, byte[]> open() {
    return new TaskStores<>(
        directory.resolve("own"), MEMORY_BYTES, new LongSerde(), new BytesSerde());
  }

  @TearDown
  public void close() throws IOException {
    stores.close();
    raw.close();
    Consumption.delete(directory);
  }

  private static byte[] bytes(long key) {
    return ByteBuffer.allocate(Long.BYTES).putLong(key).array();
  }

  /** As compressible as records are: half of it is the same everywhere. */
  private static byte[] value(long seed) {
    ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES);
    long mixed = seed;
    while (value.position() < VALUE_BYTES / 2) {
      mixed = (mixed ^ 0x9e3779b97f4a7c15L) * 0xbf58476d1ce4e5b9L;
      value.putLong(mixed ^ (mixed >>> 29));
    }
    return value.array();
  }

  private static byte[] changed(byte[] before) {
    byte[] after = before == null ? new byte[VALUE_BYTES] : before.clone();
    after[VALUE_BYTES - 1]++;
    return after;
  }

  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void update() {
    for (int i = 0; i < OPERATIONS; i++) {
      stores.store.compute(keys.next(), StoreBenchmark::changed);
    }
    stores.commit();
  }

  /** With keys named beforehand, some hundreds at a time, as a prefetching task does. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void updatePrefetched() {
    long[] next = draw();
    Prefetch prefetch = prefetch(next);
    for (int done = 0; done < OPERATIONS; done += PREFETCHED) {
      long[] current = next;
      prefetch.finish();
      next = draw();
      prefetch = prefetch(next);
      for (long key : current) {
        stores.store.compute(key, StoreBenchmark::changed);
      }
    }
    prefetch.finish();
    stores.commit();
  }

  private long[] draw() {
    long[] drawn = new long[PREFETCHED];
    for (int i = 0; i < PREFETCHED; i++) {
      drawn[i] = keys.next();
    }
    return drawn;
  }

  private Prefetch prefetch(long[] wanted) {
    Prefetch prefetch = stores.state.prefetch();
    for (long key : wanted) {
      prefetch.add(stores.store, key);
    }
    prefetch.start();
    return prefetch;
  }

  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void updateRaw() throws RocksDBException {
    for (int i = 0; i < OPERATIONS; i++) {
      byte[] key = bytes(keys.next());
      raw.rocks.put(raw.writeOptions, key, changed(raw.rocks.get(raw.readOptions, key)));
    }
  }

  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void get(Blackhole hole) {
    for (int i = 0; i < OPERATIONS; i++) {
      hole.consume(stores.store.get(keys.next()));
    }
  }

  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void getRaw(Blackhole hole) throws RocksDBException {
    for (int i = 0; i < OPERATIONS; i++) {
      hole.consume(raw.rocks.get(raw.readOptions, bytes(keys.next())));
    }
  }

  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void put() {
    for (int i = 0; i < OPERATIONS; i++) {
      long key = keys.next();
      stores.store.put(key, value(key));
    }
    stores.commit();
  }

  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void putRaw() throws RocksDBException {
    for (int i = 0; i < OPERATIONS; i++) {
      long key = keys.next();
      raw.rocks.put(raw.writeOptions, bytes(key), value(key));
    }
  }

  @Benchmark
  @OperationsPerInvocation(SCANNED)
  public void range(Blackhole hole) {
    long from = Math.min(keys.next(), entries - SCANNED);
    try (var range = stores.store.range(from, from + SCANNED)) {
      range.forEachRemaining(hole::consume);
    }
  }

  @Benchmark
  @OperationsPerInvocation(SCANNED)
  public void rangeRaw(Blackhole hole) {
    try (var iterator = raw.rocks.newIterator(raw.readOptions)) {
      iterator.seek(bytes(Math.min(keys.next(), entries - SCANNED)));
      for (int i = 0; i < SCANNED && iterator.isValid(); i++) {
        hole.consume(iterator.key());
        hole.consume(iterator.value());
        iterator.next();
      }
    }
  }
}
