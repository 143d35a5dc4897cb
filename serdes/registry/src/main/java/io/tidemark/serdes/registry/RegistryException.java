package io.tidemark.serdes.registry;

import io.tidemark.api.TidemarkException;
import org.jspecify.annotations.Nullable;

/** A registry did not answer, or not as the protocol says. Trying again later may help. */
public final class RegistryException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  RegistryException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
