package io.tidemark.system;

import io.tidemark.api.Header;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A serialized record to send.
 *
 * @param stream the stream's name in its system
 * @param partition the partition; -1 to choose it by {@code partitionKey}
 * @param partitionKey hashed to the partition ({@link KeyHash}) if {@code partition} is -1; null
 *     lets the system choose
 * @param key null if the record has none
 * @param value null if the record has none
 * @param timestamp milliseconds since the epoch; -1 for now
 * @param headers in order
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes are handed over, never compared
public record OutgoingRecord(
    String stream,
    int partition,
    byte @Nullable [] partitionKey,
    byte @Nullable [] key,
    byte @Nullable [] value,
    long timestamp,
    List<Header> headers) {}
