package io.tidemark.config;

/** What becomes of a record that cannot be deserialized or processed. */
public enum ErrorPolicy {
  /** The task fails, with the record's position in the error. */
  FAIL,
  /** The record is skipped and counted. */
  SKIP,
  /** The record goes to the dead-letter stream, in the same transaction as everything else. */
  DEAD_LETTER
}
