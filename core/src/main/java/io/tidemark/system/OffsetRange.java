package io.tidemark.system;

/**
 * What a partition holds.
 *
 * @param oldest the offset of the oldest record, or where it would be
 * @param end the offset the next record will have
 */
public record OffsetRange(String oldest, String end) {}
