package io.tidemark.benchmarks.state;

import io.tidemark.api.BytesSerde;
import io.tidemark.api.LongSerde;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * For how long the worker stands still at a commit, journal not counted: the block of 100,000 dirty
 * entries is built and compressed. And how long a store of a million entries takes to open again.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
@SuppressWarnings("NullAway.Init") // set by open
public class CommitBenchmark {
  private static final int DIRTY = 100_000;
  private static final long ENTRIES = 1_000_000;
  private static final long MEMORY_BYTES = 512 << 20;

  @Param({"8", "100"})
  public int valueBytes;

  private final Keys keys = new Keys(1, ENTRIES, false);
  private Path directory;
  private TaskStores<Long, byte[]> stores;

  @Setup
  public void open() throws IOException {
    directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "commit");
    stores = openStores();
    for (long key = 0; key < ENTRIES; key++) {
      stores.store.put(key, value(key));
      if (key % DIRTY == 0) {
        stores.commit();
      }
    }
    stores.commit();
    stores.state.drain();
  }

  private TaskStores<Long, byte[]> openStores() {
    return new TaskStores<>(directory, MEMORY_BYTES, new LongSerde(), new BytesSerde());
  }

  @TearDown
  public void close() throws IOException {
    stores.close();
    Consumption.delete(directory);
  }

  /** Makes entries dirty before each commit that is measured. */
  @State(Scope.Thread)
  public static class Dirty {
    @Setup(Level.Invocation)
    public void put(CommitBenchmark benchmark) {
      for (int i = 0; i < DIRTY; i++) {
        long key = benchmark.keys.next();
        benchmark.stores.store.put(key, benchmark.value(key + i));
      }
    }
  }

  private byte[] value(long seed) {
    byte[] value = new byte[valueBytes];
    for (int i = 0; i < Math.min(8, valueBytes); i++) {
      value[i] = (byte) (seed >>> (8 * i));
    }
    return value;
  }

  @Benchmark
  public void commit(Dirty dirty) {
    stores.commit();
  }

  @Benchmark
  public void reopen() {
    stores.close();
    stores = openStores();
  }
}
