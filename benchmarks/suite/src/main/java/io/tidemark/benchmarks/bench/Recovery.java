package io.tidemark.benchmarks.bench;

import io.tidemark.benchmarks.contender.Assignment;
import io.tidemark.benchmarks.contender.Message;
import io.tidemark.benchmarks.contender.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How long a contender takes that was killed, from the start of its new process until a reader of
 * committed records has the first record that came meanwhile. It has processed so many records
 * before, and taken checkpoints if it does.
 *
 * @param work what is done before
 * @param emptyDisk whether local state is gone; what is in {@code checkpoints} stays
 */
record Recovery(Case work, boolean emptyDisk) implements Measurement {
  private static final int RECORDS_EACH = 1_000;
  private static final Duration POLL = Duration.ofMillis(20);
  private static final long LIMIT_S = 300;

  @Override
  public String name() {
    return work.name();
  }

  @Override
  public String description() {
    return "from the start of the process to the first record after kill -9, %s, %,d keys of 100 bytes"
        .formatted(emptyDisk ? "on an empty disk" : "on the same disk", work.keys().keys());
  }

  @Override
  public Map<String, Object> settings() {
    return work.settings();
  }

  @Override
  public boolean moreIsBetter() {
    return false;
  }

  @Override
  public boolean suits(Contender contender) {
    return contender.exactlyOnce() && !contender.name().startsWith("raw");
  }

  @Override
  public void measure(Field field, List<Contender> contenders, int rounds, Consumer<Result> told) {
    for (Contender contender : contenders) {
      String run = work.name() + "-" + contender.name();
      Path directory = field.directory().resolve(run);
      field.topics().create(run + "-in", work.partitions(), Map.of());
      field.topics().create(run + "-out", work.partitions(), Map.of());
      Assignment assignment =
          work.assignment(field, contender, run, run + "-in", "", run + "-out", directory);
      try {
        fill(field, contender, assignment);
        for (int round = 1; round <= rounds; round++) {
          told.accept(recover(field, contender, assignment, round));
        }
      } catch (InexactException | IllegalStateException e) {
        told.accept(Result.failed(work.name(), contender, 1, String.valueOf(e.getMessage())));
      } finally {
        field.topics().delete(run);
        field.remove(directory);
      }
    }
  }

  /** Each key once; then the time of one more checkpoint, and a kill. */
  private void fill(Field field, Contender contender, Assignment assignment) {
    field.topics().fill(assignment.input(), work.keys(), 0, work.records());
    try (ContenderProcess process = start(field, contender, assignment)) {
      awaitNumber(field, assignment, process, work.records() - RECORDS_EACH, work.records());
      Waiting.pause(work.checkpointInterval().multipliedBy(2).toMillis());
      process.assertItRuns();
      process.kill();
    }
  }

  private Result recover(Field field, Contender contender, Assignment assignment, int round) {
    if (emptyDisk) {
      field.remove(assignment.directory().resolve("state"));
    }
    long first = work.records() + (long) (round - 1) * RECORDS_EACH;
    field.topics().fill(assignment.input(), work.keys(), first, first + RECORDS_EACH);
    try (ContenderProcess process = start(field, contender, assignment)) {
      long millis = awaitNumber(field, assignment, process, first, first + RECORDS_EACH);
      Result result =
          new Result(
              work.name(),
              contender.name(),
              round,
              "",
              List.of(
                  new Figure("s to the first record", millis / 1e3),
                  new Figure("CPU s", process.cpu().toMillis() / 1e3),
                  new Figure("peak memory, MiB", process.peakMemory() / (double) Case.MIB)));
      Waiting.pause(work.commitInterval().multipliedBy(10).toMillis());
      process.kill();
      return result;
    }
  }

  private ContenderProcess start(Field field, Contender contender, Assignment assignment) {
    return ContenderProcess.start(
        contender, assignment, field.home(), field.directory(), work.heap(), List.of());
  }

  /**
   * Waits until a record of those with numbers from one to below another is committed.
   *
   * @return how long after the start of the process that was
   */
  private long awaitNumber(
      Field field, Assignment assignment, ContenderProcess process, long from, long end) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(field)) {
      consumer.assign(Topics.partitionsOf(assignment.output(), work.partitions()));
      consumer.seekToEnd(consumer.assignment());
      consumer.assignment().forEach(consumer::position);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
      while (System.nanoTime() < deadline) {
        process.assertItRuns();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          long number = Message.number(record.value());
          if (number >= from && number < end) {
            return System.currentTimeMillis() - process.startedAt();
          }
        }
      }
      throw new InexactException("no new record within " + LIMIT_S + " s");
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(Field field) {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", field.bootstrapServers(), "isolation.level", "read_committed"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  static Case work(String name, int keys) {
    return Case.of(name, Workload.LATEST, KeySequence.inTurn(keys), keys)
        .checkpoints(Duration.ofSeconds(10));
  }
}
