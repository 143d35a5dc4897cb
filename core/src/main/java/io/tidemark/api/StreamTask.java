package io.tidemark.api;

/**
 * A task that handles one record at a time.
 *
 * <p>There is one object per task, that is per input partition, and only one thread ever calls it.
 * What a call sends and stores becomes visible at the task's next commit, together with the
 * progress over its inputs: all of it or nothing.
 */
@FunctionalInterface
public interface StreamTask {

  /**
   * Handles one record.
   *
   * @param envelope the record
   * @param collector takes what is to be sent; valid during the call
   * @param coordinator takes requests to commit or to shut down
   * @throws Exception anything; the input's policy ({@code streams.<s>.on.error}) says what
   *     follows. Whatever this call stored and sent is undone
   */
  void process(
      IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator)
      throws Exception;
}
