package io.tidemark.api;

import org.jspecify.annotations.Nullable;

/**
 * Another process has taken over a task of this one. Nothing this process did since its last commit
 * is visible to anybody, and nothing it could still do would be; it must stop.
 */
public class FencedException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  public FencedException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
