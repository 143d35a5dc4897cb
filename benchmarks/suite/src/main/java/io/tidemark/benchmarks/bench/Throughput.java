package io.tidemark.benchmarks.bench;

import io.tidemark.benchmarks.contender.Workload;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How fast contenders process what is in a topic already.
 *
 * @param work what is to be done
 * @param description of it
 */
record Throughput(Case work, String description) implements Measurement {

  @Override
  public String name() {
    return work.name();
  }

  @Override
  public Map<String, Object> settings() {
    return work.settings();
  }

  @Override
  public boolean moreIsBetter() {
    return true;
  }

  @Override
  public boolean suits(Contender contender) {
    return contender.workloads().contains(work.workload())
        && (work.containers() == 1 || contender.sharesWork());
  }

  @Override
  public void measure(Field field, List<Contender> contenders, int rounds, Consumer<Result> told) {
    Topics topics = field.topics();
    String input = work.name() + "-in";
    String table = work.name() + "-table";
    topics.create(input, work.partitions(), Map.of());
    topics.fill(input, work.keys(), 0, work.records());
    if (work.workload() == Workload.ENRICH) {
      topics.create(table, work.partitions(), Map.of());
      topics.fill(table, KeySequence.inTurn(work.tableRows()), 0, work.tableRows());
    }
    ThroughputRun run = new ThroughputRun(field, work, input, table);
    for (int round = 1; round <= rounds; round++) {
      for (Contender contender : contenders) {
        told.accept(run.run(contender, round));
      }
    }
    topics.delete(work.name());
  }
}
