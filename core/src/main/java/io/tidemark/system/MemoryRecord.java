package io.tidemark.system;

import io.tidemark.api.Header;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as a partition of the memory system holds it.
 *
 * @param offset its number in the partition, from 0
 * @param key null if the record has none
 * @param value null if the record has none
 * @param timestamp milliseconds since the epoch
 * @param headers in order
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes are handed over, never compared
public record MemoryRecord(
    long offset,
    byte @Nullable [] key,
    byte @Nullable [] value,
    long timestamp,
    List<Header> headers) {}
