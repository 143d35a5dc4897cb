package io.tidemark.system;

/** An open system. Any thread may call it; what it hands out belongs to the one thread using it. */
public interface StreamSystem extends AutoCloseable {

  /** Looks at and creates streams. */
  SystemAdmin admin();

  /**
   * A consumer for one worker.
   *
   * @param clientId tells it from others in the system's own logs and metrics
   */
  SystemConsumer consumer(String clientId);

  /**
   * A producer for one worker whose records are visible once acknowledged, outside of any
   * transaction.
   */
  SystemProducer producer(String clientId);

  @Override
  void close();
}
