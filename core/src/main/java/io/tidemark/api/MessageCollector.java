package io.tidemark.api;

/** Takes what a task sends. */
@FunctionalInterface
public interface MessageCollector {

  /**
   * Sends a record; it becomes visible with the task's next commit.
   *
   * @throws TidemarkException if the key or message cannot be serialized
   */
  void send(OutgoingMessageEnvelope envelope);
}
