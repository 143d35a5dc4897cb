package io.tidemark.runtime;

import io.tidemark.checkpoint.ReplayTime;
import io.tidemark.checkpoint.RestoreProgress;
import org.jspecify.annotations.Nullable;

/**
 * How a task of a worker is.
 *
 * @param generation that under which it was given to the worker; from possession on, that of the
 *     journal
 * @param phase how far it is
 * @param commit the number of its last commit, as far as is known here
 * @param bytes bytes of changes that it has committed since it was started
 * @param records records whose processing it has committed since it was started
 * @param behind how many records of its journal are not in its state yet
 * @param fetching how far its snapshot is in place; null if none is being fetched
 * @param replay how long its journal was replayed; null if it was not, or is not up to date
 * @param failure why it failed; null in all other phases
 */
public record TaskReport(
    long generation,
    Phase phase,
    long commit,
    long bytes,
    long records,
    long behind,
    @Nullable RestoreProgress fetching,
    @Nullable ReplayTime replay,
    @Nullable Throwable failure) {

  /** How far a task is. */
  public enum Phase {
    /** Its state is brought up to date; the task's former owner may still run. */
    RESTORING,
    /** It is up to date, and waits for {@link Worker#start}. */
    READY,
    /** This worker has taken possession, and populates its stores or runs it. */
    RUNNING,
    /** It has come to its end: its bounded input is processed, or it asked to end. */
    FINISHED,
    /** It was given up, its engines are closed and its directory is unlocked. */
    RELEASED,
    /** It failed before it ran; nothing of it is open. */
    FAILED
  }
}
