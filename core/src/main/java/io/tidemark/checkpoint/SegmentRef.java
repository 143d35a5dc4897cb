package io.tidemark.checkpoint;

/**
 * A piece of a task's journal, as it stands in the log.
 *
 * @param from the number of its first block
 * @param to the number of its last block
 * @param size in bytes
 * @param sha256 of its bytes, 64 hexadecimal digits
 * @param blob the blob that holds it
 * @param offset where in that blob it begins
 */
public record SegmentRef(long from, long to, long size, String sha256, String blob, long offset) {}
