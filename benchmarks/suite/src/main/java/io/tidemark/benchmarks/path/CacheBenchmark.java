package io.tidemark.benchmarks.path;

import io.tidemark.api.LongSerde;
import io.tidemark.benchmarks.contender.Message;
import io.tidemark.benchmarks.state.Consumption;
import io.tidemark.benchmarks.state.TaskStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
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

/**
 * A task's store whose entries are all in the object cache. Keys and values are there already; so
 * what is allocated, the store allocates. Commits are not measured, but for {@link #putAndCommit}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@SuppressWarnings("NullAway.Init") // set by open
public class CacheBenchmark {
  private static final int OPERATIONS = 100_000;
  private static final long MEMORY_BYTES = 512 << 20;

  @Param({"1000", "100000"})
  public int keys;

  private final Long[] accessed = new Long[OPERATIONS];
  private final Long[] values = new Long[OPERATIONS];
  private Path directory;
  private TaskStores<Long, Long> stores;

  @Setup
  public void open() throws IOException {
    directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "cache");
    stores = new TaskStores<>(directory, MEMORY_BYTES, new LongSerde(), new LongSerde());
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < OPERATIONS; i++) {
      accessed[i] = Message.mix(random.nextInt(keys));
      values[i] = 1_000_000L + i;
      stores.store.put(accessed[i], values[i]);
    }
  }

  @TearDown
  public void close() throws IOException {
    stores.close();
    Consumption.delete(directory);
  }

  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void get(Blackhole hole) {
    for (Long key : accessed) {
      hole.consume(stores.store.get(key));
    }
  }

  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void put() {
    for (int i = 0; i < OPERATIONS; i++) {
      stores.store.put(accessed[i], values[i]);
    }
  }

  /** With a commit after 100,000 puts, of which an operation has its share. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void putAndCommit() {
    put();
    stores.commit();
  }
}
