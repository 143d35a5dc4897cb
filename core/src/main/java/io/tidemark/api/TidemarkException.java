package io.tidemark.api;

import org.jspecify.annotations.Nullable;

/**
 * What Tidemark throws: a stable code, and a message that says what happened, where, and what to
 * do.
 *
 * <p>Subclasses differ by what the caller has to do about them. Each code has a section in {@code
 * docs/errors.md}.
 */
public class TidemarkException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;

  /**
   * @param code the stable code, {@code TM-nnnn}
   * @param message what, where, and what to do
   */
  public TidemarkException(String code, String message) {
    this(code, message, null);
  }

  /**
   * @param code the stable code, {@code TM-nnnn}
   * @param message what, where, and what to do
   * @param cause what led to it
   */
  public TidemarkException(String code, String message, @Nullable Throwable cause) {
    super(code + ": " + message, cause);
    this.code = code;
  }

  /** The stable code, {@code TM-nnnn}. */
  public final String code() {
    return code;
  }
}
