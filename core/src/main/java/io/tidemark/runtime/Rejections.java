package io.tidemark.runtime;

import io.tidemark.api.Header;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.RecordBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a task's records that could not be read or processed: never lost silently, each
 * is counted. Confined to the worker.
 */
final class Rejections {
  private static final Logger LOG = LoggerFactory.getLogger(Rejections.class);

  private final TaskName task;
  private final WorkerCounters counters;
  private long rejected;

  Rejections(TaskName task, WorkerCounters counters) {
    this.task = task;
    this.counters = counters;
  }

  /** Whether an exception is about the record, and not about the task's surroundings. */
  static boolean isAboutRecord(Throwable cause) {
    for (Throwable link = cause; link != null; link = link.getCause()) {
      if (!(link instanceof Exception) || link instanceof InterruptedException) {
        return false;
      }
    }
    return TaskFailedException.surroundings(cause) == null;
  }

  /**
   * Passes over a record, or sends it to the dead-letter stream, as its input's policy says.
   *
   * @throws TidemarkException (TM-4001) if the policy is to fail, or what failed is not the record
   */
  void reject(InputSpec spec, RecordBatch batch, int index, Throwable cause, Outputs outputs) {
    if (spec.onError() == InputSpec.OnError.FAIL || !isAboutRecord(cause)) {
      throw failure(batch, index, cause);
    }
    if (Long.bitCount(++rejected) == 1) { // the first, second, fourth, eighth ...
      LOG.warn(
          "Task {} rejected a record of {} at offset {}: {} ({} so far)",
          task,
          batch.partition(),
          batch.offset(index),
          reason(cause),
          rejected);
    }
    if (spec.onError() == InputSpec.OnError.DEAD_LETTER) {
      SystemStream deadLetter = Objects.requireNonNull(spec.deadLetter());
      outputs.send(deadLetter, deadLetter(spec, deadLetter, batch, index, cause));
      counters.add(WorkerCounters.Counter.DEAD_LETTERS, 1);
    } else {
      counters.add(WorkerCounters.Counter.SKIPPED, 1);
    }
  }

  /** The task fails because of a record, or because of its surroundings while it has one. */
  TidemarkException failure(RecordBatch batch, int index, Throwable cause) {
    return TaskFailedException.of(
        "TM-4001",
        String.format(
            "task %s failed at offset %s of %s: %s. Nothing of this record was committed. Correct"
                + " the task, or set streams.%s.on.error to skip or dead-letter to go on without"
                + " such records",
            task,
            batch.offset(index),
            batch.partition(),
            reason(cause),
            batch.partition().getStream()),
        cause);
  }

  /** The task fails because a record's callback was not called in time. */
  TaskFailedException timeout(RecordBatch batch, int index, long timeoutMs) {
    return new TaskFailedException(
        "TM-4003",
        String.format(
            "task %s did not finish the record at offset %s of %s within"
                + " task.callback.timeout.ms=%d; its callback was not called",
            task, batch.offset(index), batch.partition(), timeoutMs),
        null);
  }

  /** The task fails because of its window, or because of its surroundings meanwhile. */
  TidemarkException windowFailure(Throwable cause) {
    return TaskFailedException.of(
        "TM-4002",
        "the window of task " + task + " failed: " + reason(cause) + ". Correct the task",
        cause);
  }

  /** The task fails because it does not say which keys it will read. */
  TidemarkException prefetchFailure(RecordBatch batch, int first, Throwable cause) {
    return TaskFailedException.of(
        "TM-4011",
        String.format(
            "task %s failed in prefetch, for the records from offset %s of %s on: %s. Correct the"
                + " task",
            task, batch.offset(first), batch.partition(), reason(cause)),
        cause);
  }

  private OutgoingRecord deadLetter(
      InputSpec spec, SystemStream stream, RecordBatch batch, int index, Throwable cause) {
    List<Header> received = batch.headers(index);
    List<Header> headers =
        new ArrayList<>(spec.intermediate() ? Stamp.without(received) : received);
    headers.add(header("tidemark.reason", reason(cause)));
    headers.add(header("tidemark.task", task.toString()));
    headers.add(header("tidemark.input", batch.partition().toString()));
    headers.add(header("tidemark.offset", batch.offset(index)));
    byte[] key = batch.key(index);
    return new OutgoingRecord(
        stream.getStream(), -1, key, key, batch.value(index), batch.timestamp(index), headers);
  }

  private static Header header(String name, String value) {
    return new Header(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static String reason(Throwable cause) {
    return cause.getMessage() == null
        ? cause.getClass().getName()
        : cause.getClass().getName() + ": " + cause.getMessage();
  }
}
