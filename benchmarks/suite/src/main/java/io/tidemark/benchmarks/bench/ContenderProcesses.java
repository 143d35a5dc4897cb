package io.tidemark.benchmarks.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** The processes of one contender that share its work: mostly one. One thread. */
final class ContenderProcesses implements AutoCloseable {
  private final List<ContenderProcess> processes = new ArrayList<>();

  /**
   * Starts them, the first one first.
   *
   * @param starter starts the one with a number
   */
  ContenderProcesses(int count, IntFunction<ContenderProcess> starter) {
    try {
      for (int container = 0; container < count; container++) {
        processes.add(starter.apply(container));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** When the first was started, in milliseconds of the clock. */
  long startedAt() {
    return processes.get(0).startedAt();
  }

  /** Fails if one has ended by itself. */
  void assertTheyRun() {
    processes.forEach(ContenderProcess::assertItRuns);
  }

  /** The processor time they have used together. */
  Duration cpu() {
    return processes.stream().map(ContenderProcess::cpu).reduce(Duration.ZERO, Duration::plus);
  }

  /** The most memory each has had, added up, in bytes. */
  long peakMemory() {
    return processes.stream().mapToLong(ContenderProcess::peakMemory).sum();
  }

  /** Ends them, the last one first: the first one may lead the others. */
  @Override
  public void close() {
    for (int container = processes.size() - 1; container >= 0; container--) {
      processes.get(container).close();
    }
  }
}
