package io.tidemark.system;

/** Writes to a system for one worker, which alone may call it. */
public interface SystemProducer extends AutoCloseable {

  /**
   * Sends a record; buffers, and blocks only while the buffer is full. Records sent to one
   * partition keep their order.
   *
   * @throws io.tidemark.api.TidemarkException if this or an earlier record was refused
   */
  void send(OutgoingRecord record);

  /**
   * Waits until everything sent is acknowledged.
   *
   * @throws io.tidemark.api.TidemarkException if a record was refused
   */
  void flush();

  @Override
  void close();
}
