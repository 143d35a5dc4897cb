package io.tidemark.benchmarks.bench;

import io.tidemark.benchmarks.contender.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** All measurements there are, at full size or at one that is enough for a try. */
final class Measurements {
  private static final long SEED = 42;

  private final int million;
  private final boolean quick;
  private final List<Measurement> all = new ArrayList<>();

  private Measurements(boolean quick) {
    this.quick = quick;
    this.million = quick ? 100_000 : 1_000_000;
  }

  static List<Measurement> all(boolean quick) {
    Measurements measurements = new Measurements(quick);
    measurements.addThroughput();
    measurements.addScale();
    measurements.addLatency();
    measurements.addRecovery();
    return measurements.all;
  }

  private void addThroughput() {
    add("each record is sent on as it is", of("copy", Workload.COPY, uniform(million), 30));
    add(
        "a count per key, keys alike, each count sent",
        of("count", Workload.COUNT, uniform(million), 24));
    add(
        "a count per key, few keys often (Zipf, 0.99), each count sent",
        of("count-zipf", Workload.COUNT, KeySequence.zipf(million, SEED), 24));
    add(
        "the last message of each of ten times as many keys, 100 bytes",
        of("latest", Workload.LATEST, uniform(10 * million), 24));
    add(
        "messages of 100 bytes read, changed and written, eight times as many as fit in the memory",
        of("larger-than-memory", Workload.READ_MODIFY_WRITE, uniform(5 * million), 12)
            .memory((quick ? 8 : 72) * Case.MIB)
            .limit(Duration.ofSeconds(80)));
    add(
        "a lookup in a table that a topic fills",
        of("enrich", Workload.ENRICH, uniform(6 * million), 6)
            .table(5 * million)
            .limit(Duration.ofSeconds(90)));
    add(
        "as count, with a checkpoint every 5 s",
        of("checkpoints", Workload.COUNT, uniform(million), 24).checkpoints(Duration.ofSeconds(5)));
  }

  private void addScale() {
    add(
        "as count, on two threads",
        of("count-2-workers", Workload.COUNT, uniform(million), 24).workers(2));
    add(
        "as count, in two containers",
        of("count-2-containers", Workload.COUNT, uniform(million), 24).containers(2));
    add(
        "as count, in 256 partitions",
        of("tasks-256", Workload.COUNT, uniform(million), 24).partitions(256));
    add(
        "as count, in 20 stores per task",
        of("stores-20", Workload.MANY_STORES, uniform(million), 24).stores(20));
  }

  private void addLatency() {
    for (int commitMs : List.of(20, 100)) {
      for (int rate : List.of(10, 1_000, 10_000, 50_000)) {
        all.add(
            new Latency(
                "latency-" + rate + "-" + commitMs,
                rate,
                Duration.ofMillis(commitMs),
                Duration.ofSeconds(quick ? 5 : 60),
                Duration.ofSeconds(quick ? 5 : 20)));
      }
    }
  }

  private void addRecovery() {
    int keys = 20 * million;
    all.add(new Recovery(Recovery.work("restore", keys), true));
    all.add(new Recovery(Recovery.work("restart", keys), false));
  }

  private void add(String description, Case work) {
    all.add(new Throughput(quick ? work.limit(Duration.ofSeconds(60)) : work, description));
  }

  /** Records enough that the compiler has done its work in the first quarter of them. */
  private Case of(String name, Workload workload, KeySequence keys, int millions) {
    return Case.of(name, workload, keys, (long) millions * million / (quick ? 3 : 1));
  }

  private static KeySequence uniform(int keys) {
    return KeySequence.uniform(keys, SEED);
  }
}
