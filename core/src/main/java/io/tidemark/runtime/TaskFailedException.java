package io.tidemark.runtime;

import io.tidemark.api.TidemarkException;
import org.jspecify.annotations.Nullable;

/** A task's own code failed, and its input's policy is to fail then. */
public class TaskFailedException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  public TaskFailedException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
