package io.tidemark.config;

import io.tidemark.api.SystemStream;

/**
 * The stream that feeds a store.
 *
 * @param stream its system, and its name there
 * @param mode which task has what of it
 * @param waitMs how long tasks wait at the start until the store has what the stream holds
 * @param onTimeout what happens when it takes longer
 */
public record StoreSource(SystemStream stream, Mode mode, long waitMs, OnTimeout onTimeout) {

  /** Which task has what of a source. */
  public enum Mode {
    /** Each task what its own partition holds. */
    PARTITION,
    /** Every task all of it. */
    BROADCAST
  }

  /** What happens when a store is not populated in time. */
  public enum OnTimeout {
    /** The container fails. */
    FAIL,
    /** Tasks begin with what is there. */
    PROCEED
  }
}
