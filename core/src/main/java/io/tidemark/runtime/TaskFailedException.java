package io.tidemark.runtime;

import io.tidemark.api.SerializationException;
import io.tidemark.api.TidemarkException;
import org.jspecify.annotations.Nullable;

/** A task's own code failed, and its input's policy is to fail then. */
public class TaskFailedException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  public TaskFailedException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }

  /**
   * What to throw when the task's code has thrown something.
   *
   * @return if that comes from what the code was given to call - a system, a store - or the
   *     configuration, whoever wrapped it: that itself, for it says what to do; else a failure of
   *     the task
   */
  static TidemarkException of(String code, String message, Throwable cause) {
    TidemarkException surroundings = surroundings(cause);
    return surroundings != null ? surroundings : new TaskFailedException(code, message, cause);
  }

  /** What failed around the task; null if the task did. */
  static @Nullable TidemarkException surroundings(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof TidemarkException known && !(at instanceof SerializationException)) {
        return known;
      }
    }
    return null;
  }
}
