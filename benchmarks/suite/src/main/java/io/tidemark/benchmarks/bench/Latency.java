package io.tidemark.benchmarks.bench;

import io.tidemark.benchmarks.contender.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How long it takes from when a record was due to be sent until a reader of committed records has
 * the count that answers it. Records come at a steady pace whatever becomes of those before.
 *
 * @param name as on the command line
 * @param perSecond how many records come
 * @param commitInterval of the contenders
 * @param warmUp how long records come before times are taken
 * @param measured how long times are taken
 */
record Latency(
    String name, int perSecond, Duration commitInterval, Duration warmUp, Duration measured)
    implements Measurement {
  private static final int KEYS = 1_000;
  private static final int PARTITIONS = 8;
  private static final Latency WARM_UP =
      new Latency("warm-up", 20_000, Duration.ofMillis(5), Duration.ZERO, Duration.ofMinutes(1));

  @Override
  public String description() {
    return "end-to-end latency at %,d records/s, a commit each %d ms, exactly-once"
        .formatted(perSecond, commitInterval.toMillis());
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = work().settings();
    settings.put("warmUpMs", warmUp.toMillis());
    settings.put("measuredMs", measured.toMillis());
    return settings;
  }

  @Override
  public boolean moreIsBetter() {
    return false;
  }

  @Override
  public boolean suits(Contender contender) {
    return contender.exactlyOnce();
  }

  @Override
  public void measure(Field field, List<Contender> contenders, int rounds, Consumer<Result> told) {
    for (int round = 1; round <= rounds; round++) {
      for (Contender contender : contenders) {
        told.accept(run(field, contender, round));
      }
    }
  }

  /**
   * Has thousands of transactions made, so that no contender has to do with a broker that has only
   * just been compiled.
   *
   * @throws IllegalStateException if it failed
   */
  static void warmUp(Field field) {
    Result result = WARM_UP.run(field, Contender.named("tidemark"), 0);
    if (!result.counts()) {
      throw new IllegalStateException("the warm-up failed: " + result.failure());
    }
  }

  private Result run(Field field, Contender contender, int round) {
    String run = name + "-" + contender.name() + "-" + round;
    Path directory = field.directory().resolve(run);
    Case work = work();
    field.topics().create(run + "-in", PARTITIONS, Map.of());
    field.topics().create(run + "-out", PARTITIONS, Map.of());
    try (ContenderProcess process =
            ContenderProcess.start(
                contender,
                work.assignment(field, contender, run, run + "-in", "", run + "-out", directory),
                field.home(),
                field.directory(),
                work.heap(),
                List.of());
        PacedRecords records = new PacedRecords(field, this, run + "-in", run + "-out")) {
      LatencyTimes times = records.run(process);
      return Result.of(
          contender,
          round,
          List.of(
              new Figure("p99, ms", times.quantile(begin(), 0.99)),
              new Figure("p50, ms", times.quantile(begin(), 0.5)),
              new Figure("p99.9, ms", times.quantile(begin(), 0.999)),
              new Figure("longest, ms", times.quantile(begin(), 1)),
              new Figure("peak memory, MiB", process.peakMemory() / (double) Case.MIB),
              new Figure(
                  "CPU s per million", process.cpu().toMillis() * 1e3 / Math.max(1, end()))));
    } catch (InexactException | IllegalStateException e) {
      return Result.failed(contender, round, String.valueOf(e.getMessage()));
    } finally {
      field.topics().delete(run);
      field.remove(directory);
    }
  }

  private Case work() {
    Case work = Case.of(name, Workload.COUNT, KeySequence.inTurn(KEYS), end());
    return work.commits(commitInterval);
  }

  int keys() {
    return KEYS;
  }

  int partitions() {
    return PARTITIONS;
  }

  /** The number of the first record that is measured. */
  int begin() {
    return (int) (warmUp.toMillis() * perSecond / 1_000);
  }

  /** How many records there are. */
  int end() {
    return begin() + (int) (measured.toMillis() * perSecond / 1_000);
  }
}
