package io.tidemark.config;

/** Where the reading of an input begins that has no committed position. */
public enum OffsetDefault {
  /** With the oldest record there is: nothing is skipped. */
  OLDEST,
  /** With the next record to come. */
  UPCOMING
}
