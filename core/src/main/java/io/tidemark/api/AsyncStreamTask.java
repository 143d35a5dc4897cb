package io.tidemark.api;

/**
 * A task that finishes a record later, after a call to some remote service for instance.
 *
 * <p>{@link #processAsync} is called by the task's worker, up to {@code task.max.concurrency}
 * records at once. Stores may be touched in {@code processAsync} itself only, not by other threads.
 * The collector may be used by any one thread until the record's callback is called; what was sent
 * goes out in the order of the input records. A commit covers a prefix of the input that is
 * complete.
 */
@FunctionalInterface
public interface AsyncStreamTask {

  /**
   * Starts handling a record. The callback must be called exactly once, by any thread, within
   * {@code task.callback.timeout.ms}.
   *
   * @param envelope the record
   * @param collector takes what is to be sent for this record, until the callback is called
   * @param coordinator takes requests to commit or to shut down
   * @param callback is told when the record is done
   */
  void processAsync(
      IncomingMessageEnvelope envelope,
      MessageCollector collector,
      TaskCoordinator coordinator,
      TaskCallback callback);
}
