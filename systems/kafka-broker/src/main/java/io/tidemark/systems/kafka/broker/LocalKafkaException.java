package io.tidemark.systems.kafka.broker;

/**
 * A local broker could not be started or steered. The message says what happened and what the
 * broker printed.
 */
public final class LocalKafkaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LocalKafkaException(String message) {
    super(message);
  }

  LocalKafkaException(String message, Throwable cause) {
    super(message, cause);
  }
}
