package io.tidemark.checkpoint;

/**
 * A digest of a set of entries that does not depend on their order: the sums, modulo 2^64, of two
 * independent hashes of each. docs/formats/checkpoint.md defines the hashes.
 *
 * @param entries how many there are
 * @param first the sum of the first hash
 * @param second the sum of the second hash
 */
public record SlotDigest(long entries, long first, long second) {
  /** Of no entries. */
  public static final SlotDigest EMPTY = new SlotDigest(0, 0, 0);

  /** The digest of the entries of both, which have none in common. */
  public SlotDigest plus(SlotDigest other) {
    return new SlotDigest(entries + other.entries, first + other.first, second + other.second);
  }

  /** The digest of these entries without some of them. */
  public SlotDigest minus(SlotDigest other) {
    return new SlotDigest(entries - other.entries, first - other.first, second - other.second);
  }
}
