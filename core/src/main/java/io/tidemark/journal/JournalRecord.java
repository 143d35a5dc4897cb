package io.tidemark.journal;

/**
 * A record as the log holds it.
 *
 * @param position its position
 * @param value its bytes
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes are handed over, never compared
public record JournalRecord(long position, byte[] value) {}
