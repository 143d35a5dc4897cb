package io.tidemark.checkpoint;

/**
 * A digest of a set of entries that does not depend on their order: the sums, modulo 2^64, of two
 * independent hashes of each.
 *
 * @param entries how many there are
 * @param first the sum of the first hash
 * @param second the sum of the second hash
 */
public record SlotDigest(long entries, long first, long second) {}
