package io.tidemark.journal;

/** What a commit promises about what was sent. */
public enum Guarantee {
  /** Records sent and the journal's blocks become visible together or not at all. */
  EXACTLY_ONCE,
  /**
   * The block is appended after the records sent are acknowledged; a crash in between repeats them.
   */
  AT_LEAST_ONCE
}
