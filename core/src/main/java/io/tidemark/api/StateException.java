package io.tidemark.api;

import org.jspecify.annotations.Nullable;

/**
 * Local state or a journal cannot be used as it is: of another job or format, locked, or damaged.
 */
public class StateException extends TidemarkException {
  /** The code of local state whose files are damaged; it can be rebuilt from the journal. */
  public static final String DAMAGED = "TM-3003";

  /** The code of local state that another process or container has open. */
  public static final String IN_USE = "TM-3002";

  private static final long serialVersionUID = 1L;

  public StateException(String code, String message) {
    super(code, message);
  }

  public StateException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
