package io.tidemark.benchmarks.bench;

import io.tidemark.benchmarks.contender.Assignment;
import io.tidemark.benchmarks.contender.Share;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.IsolationLevel;

/**
 * One contender at one case: from its start until all of the input is processed, or the time is
 * over. While it runs only the ends of the output are asked for; the output is read afterwards.
 */
final class ThroughputRun {
  private static final long LOOK_MS = 200;
  private static final int STILL_LOOKS = 8;
  private static final double WARM = 0.25;

  private final Field field;
  private final Case work;
  private final String input;
  private final String table;

  ThroughputRun(Field field, Case work, String input, String table) {
    this.field = field;
    this.work = work;
    this.input = input;
    this.table = table;
  }

  Result run(Contender contender, int round) {
    String name = work.name() + "-" + contender.name() + "-" + round;
    String output = name + "-out";
    field.topics().createOutput(output, work.partitions());
    Path directory = field.directory().resolve(name);
    try {
      return measure(
          contender,
          round,
          work.assignment(field, contender, name, input, table, output, directory));
    } catch (InexactException | IllegalStateException e) {
      return Result.failed(contender, round, String.valueOf(e.getMessage()));
    } finally {
      field.topics().delete(name);
      field.remove(directory);
    }
  }

  private Result measure(Contender contender, int round, Assignment assignment) {
    Map<String, Long> bytesBefore = field.topics().bytes();
    Duration brokerBefore = field.brokerCpu();
    long startedAt;
    Duration cpu;
    Duration brokerCpu;
    long memory;
    long bytes;
    WrittenFiles checkpoints = new WrittenFiles(assignment.directory().resolve("checkpoints"));
    try (ContenderProcesses processes =
        new ContenderProcesses(
            work.containers(),
            number -> start(contender, assignment.share(new Share(number, work.containers()))))) {
      startedAt = processes.startedAt();
      awaitEnd(processes, assignment.output(), checkpoints);
      cpu = processes.cpu();
      memory = processes.peakMemory();
      brokerCpu = field.brokerCpu().minus(brokerBefore);
      bytes = field.topics().bytesSince(bytesBefore);
    }
    try (OutputReader reader =
        new OutputReader(field.bootstrapServers(), assignment.output(), work)) {
      reader.readToEnd();
      Output output = reader.output();
      if (output.records() == 0) {
        throw new InexactException("there is no output at all");
      }
      if (output.isComplete()) {
        output.finish();
      }
      Arrivals arrivals = reader.arrivals();
      double records = output.records();
      List<Figure> figures = new ArrayList<>();
      figures.add(new Figure("records/s", arrivals.rate(WARM)));
      figures.add(new Figure("CPU s per million", cpu.toMillis() * 1e3 / records));
      figures.add(new Figure("broker CPU s per million", brokerCpu.toMillis() * 1e3 / records));
      figures.add(new Figure("peak memory, MiB", memory / (double) Case.MIB));
      figures.add(new Figure("bytes to the broker per record", bytes / records));
      if (work.takesCheckpoints()) {
        figures.add(new Figure("bytes to checkpoints per record", checkpoints.bytes() / records));
      }
      figures.add(new Figure("longest gap, ms", arrivals.longestGap()));
      figures.add(new Figure("first output after, s", (arrivals.first() - startedAt) / 1e3));
      figures.add(new Figure("records", records));
      return Result.of(contender, round, figures);
    }
  }

  private ContenderProcess start(Contender contender, Assignment assignment) {
    return ContenderProcess.start(
        contender, assignment, field.home(), field.directory(), work.heap(), options(contender));
  }

  /** For throughput, pauses do not matter, and large pages do; whoever is tuned gets that. */
  private static List<String> options(Contender contender) {
    return contender.tuned()
        ? List.of("-XX:+UseParallelGC", "-XX:+UseTransparentHugePages")
        : List.of();
  }

  /** Until as many records are there as there can be, all committed, or the time is over. */
  private void awaitEnd(ContenderProcesses processes, String output, WrittenFiles checkpoints) {
    long deadline = System.nanoTime() + work.limit().toNanos();
    long before = -1;
    int still = 0;
    while (System.nanoTime() < deadline && still < STILL_LOOKS) {
      Waiting.pause(LOOK_MS);
      processes.assertTheyRun();
      if (work.takesCheckpoints()) {
        checkpoints.look();
      }
      long end = field.topics().end(output, work.partitions(), IsolationLevel.READ_UNCOMMITTED);
      long committed = field.topics().end(output, work.partitions(), IsolationLevel.READ_COMMITTED);
      still = end >= work.records() && end == before && committed == end ? still + 1 : 0;
      before = end;
    }
  }
}
