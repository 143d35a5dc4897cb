package io.tidemark.container;

import io.tidemark.checkpoint.Location;
import org.jspecify.annotations.Nullable;

/**
 * What a job is to be begun from anew.
 *
 * @param location a checkpoint or savepoint; null to begin from nothing
 * @param id tells this wish from others: a job that was begun for the same wish goes on instead
 * @param allowDroppedState whether stores may be left out that the job does not have any more
 * @param allowInexactDivision whether tasks may be divided anew also where it cannot be told that
 *     each key finds its state, and its records their order
 */
public record StartFrom(
    @Nullable Location location,
    String id,
    boolean allowDroppedState,
    boolean allowInexactDivision) {

  /** The same, where all must be exact. */
  public StartFrom(@Nullable Location location, String id, boolean allowDroppedState) {
    this(location, id, allowDroppedState, false);
  }
}
