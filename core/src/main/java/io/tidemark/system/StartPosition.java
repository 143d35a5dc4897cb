package io.tidemark.system;

/** Where to start reading a partition. */
public sealed interface StartPosition {

  /**
   * At an offset.
   *
   * @param offset the offset of the first record wanted, in the system's notation
   */
  record At(String offset) implements StartPosition {}

  /** With the oldest record there is. */
  record Oldest() implements StartPosition {}

  /** With the next record to come. */
  record Upcoming() implements StartPosition {}
}
