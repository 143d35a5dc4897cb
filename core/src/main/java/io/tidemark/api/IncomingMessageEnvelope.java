package io.tidemark.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record of an input, its key and message deserialized by the input's serdes.
 *
 * <p>Immutable; may be kept and handed to other threads.
 */
public class IncomingMessageEnvelope {
  private final SystemStreamPartition systemStreamPartition;
  private final @Nullable String offset;
  private final @Nullable Object key;
  private final @Nullable Object message;
  private final long eventTime;

  /** A record without a timestamp. */
  public IncomingMessageEnvelope(
      SystemStreamPartition systemStreamPartition,
      @Nullable String offset,
      @Nullable Object key,
      @Nullable Object message) {
    this(systemStreamPartition, offset, key, message, 0);
  }

  /**
   * @param systemStreamPartition where the record was read
   * @param offset its offset there
   * @param key its key; null if it has none
   * @param message its message; null if it has none
   * @param eventTime its timestamp, milliseconds since the epoch; 0 if it has none
   */
  public IncomingMessageEnvelope(
      SystemStreamPartition systemStreamPartition,
      @Nullable String offset,
      @Nullable Object key,
      @Nullable Object message,
      long eventTime) {
    this.systemStreamPartition = systemStreamPartition;
    this.offset = offset;
    this.key = key;
    this.message = message;
    this.eventTime = eventTime;
  }

  /** Where the record was read. */
  public SystemStreamPartition getSystemStreamPartition() {
    return systemStreamPartition;
  }

  /** The record's offset in its partition, in the notation of its system. */
  public @Nullable String getOffset() {
    return offset;
  }

  /** The key; null if the record has none. */
  public @Nullable Object getKey() {
    return key;
  }

  /** The message; null if the record has none. */
  public @Nullable Object getMessage() {
    return message;
  }

  /** The record's timestamp, milliseconds since the epoch; 0 if its system has none. */
  public long getEventTime() {
    return eventTime;
  }

  /** The record's headers, in order; empty if it has none. */
  public List<Header> getHeaders() {
    return List.of();
  }

  @Override
  public String toString() {
    return systemStreamPartition + "@" + getOffset();
  }
}
