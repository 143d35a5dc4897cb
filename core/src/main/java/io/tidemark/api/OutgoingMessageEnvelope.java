package io.tidemark.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record to send. Key and message are serialized by the serdes configured for the stream at the
 * moment of {@link MessageCollector#send}.
 */
public class OutgoingMessageEnvelope {
  private final SystemStream systemStream;
  private final @Nullable Object partitionKey;
  private final @Nullable Object key;
  private final @Nullable Object message;
  private final long timestamp;
  private final List<Header> headers;

  /** A message without a key; its system chooses the partition. */
  public OutgoingMessageEnvelope(SystemStream systemStream, @Nullable Object message) {
    this(systemStream, null, null, message);
  }

  /** A message whose key also chooses the partition. */
  public OutgoingMessageEnvelope(
      SystemStream systemStream, @Nullable Object key, @Nullable Object message) {
    this(systemStream, key, key, message);
  }

  /** A message whose partition is chosen by another key than its own. */
  public OutgoingMessageEnvelope(
      SystemStream systemStream,
      @Nullable Object partitionKey,
      @Nullable Object key,
      @Nullable Object message) {
    this(systemStream, partitionKey, key, message, -1, List.of());
  }

  /**
   * @param systemStream where it goes
   * @param partitionKey chooses the partition: hashed like a key, with the serde of keys; a {@link
   *     Partition} names the partition itself; null lets the system choose
   * @param key the record's key, or null
   * @param message the record's message, or null
   * @param timestamp milliseconds since the epoch; -1 for the time of sending
   * @param headers the record's headers
   */
  public OutgoingMessageEnvelope(
      SystemStream systemStream,
      @Nullable Object partitionKey,
      @Nullable Object key,
      @Nullable Object message,
      long timestamp,
      List<Header> headers) {
    this.systemStream = systemStream;
    this.partitionKey = partitionKey;
    this.key = key;
    this.message = message;
    this.timestamp = timestamp;
    this.headers = headers;
  }

  /** Where the record goes. */
  public SystemStream getSystemStream() {
    return systemStream;
  }

  /** What chooses the partition; a {@link Partition} names it; null lets the system choose. */
  public @Nullable Object getPartitionKey() {
    return partitionKey;
  }

  /** The key; null if the record has none. */
  public @Nullable Object getKey() {
    return key;
  }

  /** The message. */
  public @Nullable Object getMessage() {
    return message;
  }

  /** Milliseconds since the epoch, or -1 for the time of sending. */
  public long getTimestamp() {
    return timestamp;
  }

  /** The headers, in order. */
  public List<Header> getHeaders() {
    return headers;
  }
}
