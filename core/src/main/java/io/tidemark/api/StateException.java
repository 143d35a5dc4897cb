package io.tidemark.api;

import org.jspecify.annotations.Nullable;

/**
 * Local state or a journal cannot be used as it is: of another job or format, locked, or damaged.
 */
public class StateException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  public StateException(String code, String message) {
    super(code, message);
  }

  public StateException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
