package io.tidemark.runtime;

import io.tidemark.api.SystemStream;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.journal.Guarantee;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.TaskState.HoldingLimits;
import io.tidemark.system.OffsetRange;
import io.tidemark.system.StreamSystem;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * What a worker is made of.
 *
 * @param name its name, stable over restarts; what a successor fences
 * @param job the job's name and id
 * @param systems the job's systems by name
 * @param journalSystem the system that holds the journal
 * @param timeline the timeline that the job is on, with the journal's name
 * @param guarantee what a commit promises
 * @param outputs says how to write a stream, and sees to it that the stream exists
 * @param engines storage engines by type
 * @param stateDirectory where local state is
 * @param cacheBytes how much memory the stores' cached objects may take together
 * @param holdingLimits how far engines may lag
 * @param background runs what is not done on the worker's thread
 * @param snapshots where the state of a task may come from
 * @param events is told of cuts
 * @param pace when to commit and to call windows
 * @param asyncLimits how far asynchronous tasks may go
 * @param untilEnd whether to read only what inputs hold when a task starts
 * @param ticker milliseconds that never go back
 * @param clock milliseconds since 1970
 */
public record WorkerSpec(
    String name,
    String job,
    Map<String, StreamSystem> systems,
    String journalSystem,
    Timeline timeline,
    Guarantee guarantee,
    Function<SystemStream, OutputSpec> outputs,
    Map<String, EngineFactory> engines,
    Path stateDirectory,
    long cacheBytes,
    HoldingLimits holdingLimits,
    Background background,
    SnapshotSource snapshots,
    TaskEvents events,
    Pace pace,
    AsyncLimits asyncLimits,
    boolean untilEnd,
    LongSupplier ticker,
    LongSupplier clock) {

  /**
   * What runs work beside the worker's thread.
   *
   * @param applier runs what engines apply
   * @param readers runs what loads keys before they are read
   * @param restorers runs what restores tasks, and what closes them
   * @param replays how many of those may bring and replay state at a time
   */
  public record Background(
      Executor applier, Executor readers, Executor restorers, Semaphore replays) {
    /** Of which as many bring and replay state as there are restorers. */
    public Background(Executor applier, Executor readers, Executor restorers) {
      this(applier, readers, restorers, new Semaphore(Integer.MAX_VALUE));
    }
  }

  /**
   * When a worker does what.
   *
   * @param commitMs between two commits
   * @param commitMaxBytes uncommitted bytes that bring a commit forward
   * @param windowMs between two calls of {@code window}; 0 or less for none
   * @param idleMs how long to wait for records when there is nothing else to do
   * @param shutdownMs how long asynchronous records may take to finish at the end
   * @param prompt whether what comes after a pause is committed before its interval is over
   */
  public record Pace(
      long commitMs,
      long commitMaxBytes,
      long windowMs,
      long idleMs,
      long shutdownMs,
      boolean prompt) {}

  /**
   * How far asynchronous tasks may go.
   *
   * @param maxConcurrency how many records of a task may be in flight
   * @param timeoutMs how long one may take; 0 or less for ever
   */
  public record AsyncLimits(int maxConcurrency, long timeoutMs) {}

  /** The journal's name. */
  String journalName() {
    return timeline.journal();
  }

  StreamSystem system(String system) {
    return Objects.requireNonNull(systems.get(system), () -> "there is no system " + system);
  }

  /** The offsets a partition holds now. */
  OffsetRange offsets(SystemStreamPartition partition) {
    return Objects.requireNonNull(offsets(Set.of(partition)).get(partition));
  }

  /** The offsets that partitions hold now, by one question to each system. */
  Map<SystemStreamPartition, OffsetRange> offsets(Set<SystemStreamPartition> partitions) {
    Map<SystemStreamPartition, OffsetRange> ranges = new HashMap<>();
    partitions.stream()
        .collect(Collectors.groupingBy(SystemStreamPartition::getSystem, Collectors.toSet()))
        .forEach((name, those) -> ranges.putAll(system(name).admin().offsets(those)));
    return ranges;
  }
}
