package io.tidemark.benchmarks.path;

import io.tidemark.benchmarks.state.Consumption;
import java.io.IOException;
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

/**
 * A record's whole way through a worker: taken from a batch, deserialized, processed by a task, its
 * output serialized and sent, state written and committed every 100,000 records; without Kafka. An
 * operation is a record with a key of 8 bytes and a message of 100. The state fits into the cache;
 * RocksDB gets it behind, on a thread of its own, whose work is in the figures.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
@SuppressWarnings("NullAway.Init") // set by open
public class RecordPathBenchmark {
  @Param({"NOTHING", "COPY", "COUNT", "LATEST"})
  public PathTask task;

  /** How many keys the 100,000 records of a commit have at most. */
  @Param({"1000", "100000"})
  public int keys;

  private Path directory;
  private RecordPath path;

  @Setup
  public void open(Blackhole hole) throws IOException {
    directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "path");
    path = new RecordPath(directory, task, keys, hole);
  }

  @TearDown
  public void close() throws IOException {
    path.close();
    Consumption.delete(directory);
  }

  @Benchmark
  @OperationsPerInvocation(RepeatedRecords.BATCH)
  public void record() {
    path.step();
  }
}
