package io.tidemark.checkpoint;

import io.tidemark.api.TidemarkException;
import org.jspecify.annotations.Nullable;

/** A blob store cannot be reached or refused, or has not what is wanted of it. */
public final class BlobStoreException extends TidemarkException {
  /** The code of a blob that is not there. */
  public static final String NOT_FOUND = "TM-8102";

  private static final long serialVersionUID = 1L;

  public BlobStoreException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
