package io.tidemark.runtime;

import io.tidemark.api.Serde;
import io.tidemark.api.SystemStream;
import org.jspecify.annotations.Nullable;

/**
 * How a task reads one of its inputs.
 *
 * @param stream the input
 * @param keySerde reads keys
 * @param messageSerde reads messages
 * @param fromOldest where to start without a committed position: with the oldest record, or with
 *     the next to come
 * @param onError what becomes of a record that cannot be read or processed
 * @param deadLetter where it goes if {@code onError} says so
 * @param feeding the store that its records go into, which the serdes are of; null if they go to
 *     the task's code
 * @param intermediate whether tasks of the same job write it, so that cuts travel on its records
 */
public record InputSpec(
    SystemStream stream,
    Serde<?> keySerde,
    Serde<?> messageSerde,
    boolean fromOldest,
    OnError onError,
    @Nullable SystemStream deadLetter,
    @Nullable Feeding feeding,
    boolean intermediate) {

  /**
   * A store that is fed by an input.
   *
   * @param store its name
   * @param waitMs how long tasks wait until it is populated
   * @param proceed whether they begin then, instead of failing
   */
  public record Feeding(String store, long waitMs, boolean proceed) {}

  /** What becomes of a record that cannot be deserialized or processed. */
  public enum OnError {
    /** The task fails, with the record's position named. */
    FAIL,
    /** The record is passed over and counted. */
    SKIP,
    /** The record goes to another stream, with the reason. */
    DEAD_LETTER
  }
}
