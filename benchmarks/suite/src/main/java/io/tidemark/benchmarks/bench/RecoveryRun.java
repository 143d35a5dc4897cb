package io.tidemark.benchmarks.bench;

import io.tidemark.benchmarks.contender.Assignment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * One contender's recoveries: it processes all of the input and is killed; then, in each round, it
 * is started anew and killed again. One reader reads and checks the output from its beginning to
 * its end, so that what a recovery repeats or leaves out is found. One thread.
 */
final class RecoveryRun implements AutoCloseable {
  private static final int RECORDS_EACH = 1_000;
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration FILL_LIMIT = Duration.ofMinutes(20);
  private static final Duration REST_LIMIT = Duration.ofMinutes(2);
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Field field;
  private final Recovery recovery;
  private final Case work;
  private final Contender contender;
  private final int rounds;
  private final Assignment assignment;
  private final OutputReader reader;

  RecoveryRun(Field field, Recovery recovery, Contender contender, int rounds) {
    this.field = field;
    this.recovery = recovery;
    this.work = recovery.work();
    this.contender = contender;
    this.rounds = rounds;
    String run = work.name() + "-" + contender.name();
    field.topics().create(run + "-in", work.partitions(), Map.of());
    field.topics().create(run + "-out", work.partitions(), Map.of());
    this.assignment =
        work.assignment(
            field, contender, run, run + "-in", "", run + "-out", field.directory().resolve(run));
    this.reader =
        new OutputReader(
            field.bootstrapServers(), assignment.output(), work.records(recordsAfter(rounds)));
  }

  /**
   * Returns a result for each round.
   *
   * @throws InexactException if the output has not exactly one record for each of the input
   */
  List<Result> results() {
    fill();
    List<Result> results = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      results.add(recover(round));
    }
    reader.readToEnd();
    reader.output().finish();
    return results;
  }

  /** Each key once; then what it takes until checkpoints come to rest, and a kill. */
  private void fill() {
    field.topics().fill(assignment.input(), work.keys(), 0, work.records());
    try (ContenderProcess process = start()) {
      await(process, FILL_LIMIT, () -> isProcessed(work.records()), record -> {});
      awaitRest(process);
      process.kill();
    }
  }

  /** Until hardly anything was written to where checkpoints go in the time of two, or too long. */
  private void awaitRest(ContenderProcess process) {
    WrittenFiles checkpoints = new WrittenFiles(assignment.directory().resolve("checkpoints"));
    long deadline = System.nanoTime() + REST_LIMIT.toNanos();
    long before;
    do {
      checkpoints.look();
      before = checkpoints.bytes();
      Waiting.pause(work.checkpointInterval().multipliedBy(2).toMillis());
      process.assertItRuns();
      checkpoints.look();
    } while (checkpoints.bytes() - before >= Case.MIB && System.nanoTime() < deadline);
  }

  private Result recover(int round) {
    if (recovery.emptyDisk()) {
      removeState();
    }
    long before = recordsAfter(round - 1);
    field.topics().fill(assignment.input(), work.keys(), before, before + RECORDS_EACH);
    FirstRecords firsts = new FirstRecords(work.partitions());
    try (ContenderProcess process = start()) {
      await(
          process,
          LIMIT,
          firsts::isComplete,
          record ->
              firsts.add(record.partition(), System.currentTimeMillis() - process.startedAt()));
      Result result = Result.of(contender, round, figures(firsts, process));
      await(process, LIMIT, () -> isProcessed(before + RECORDS_EACH), record -> {});
      process.kill();
      return result;
    }
  }

  private static List<Figure> figures(FirstRecords firsts, ContenderProcess process) {
    return List.of(
        new Figure("s to the first record", firsts.ofAny() / 1e3),
        new Figure("s to the first record of every partition", firsts.ofEvery() / 1e3),
        new Figure("CPU s", process.cpu().toMillis() / 1e3),
        new Figure("peak memory, MiB", process.peakMemory() / (double) Case.MIB));
  }

  /** How many records the input has after a round; 0 for the time before the first. */
  private long recordsAfter(int round) {
    return work.records() + (long) round * RECORDS_EACH;
  }

  private boolean isProcessed(long records) {
    return reader.output().records() >= records;
  }

  /** Removes everything local; what is in {@code checkpoints} is elsewhere, in earnest. */
  private void removeState() {
    try (Stream<Path> found = Files.list(assignment.directory())) {
      found.filter(path -> !path.endsWith("checkpoints")).forEach(field::remove);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + assignment.directory(), e);
    }
  }

  private ContenderProcess start() {
    return ContenderProcess.start(
        contender, assignment, field.home(), field.directory(), work.heap(), List.of());
  }

  private void await(
      ContenderProcess process,
      Duration limit,
      BooleanSupplier done,
      Consumer<ConsumerRecord<byte[], byte[]>> taker) {
    long begin = System.nanoTime();
    while (!done.getAsBoolean()) {
      process.assertItRuns();
      if (System.nanoTime() - begin > limit.toNanos()) {
        throw new InexactException(
            "only " + reader.output().records() + " records after " + limit.toSeconds() + " s");
      }
      reader.read(POLL).forEach(taker);
    }
  }

  @Override
  public void close() {
    reader.close();
    field.topics().delete(assignment.application());
    field.remove(assignment.directory());
  }
}
