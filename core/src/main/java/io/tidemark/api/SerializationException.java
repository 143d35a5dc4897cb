package io.tidemark.api;

import org.jspecify.annotations.Nullable;

/** A key or message cannot be written with the serde configured for it. */
public class SerializationException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  public SerializationException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
