package io.tidemark.coordinator;

import io.tidemark.api.TidemarkException;
import org.jspecify.annotations.Nullable;

/** The job's metadata cannot be reached, or is not what it should be. */
public final class MetadataException extends TidemarkException {
  /** The code of a store that cannot be reached. */
  public static final String UNREACHABLE = "TM-8310";

  /** The code of an entry that cannot be read. */
  public static final String DAMAGED = "TM-8311";

  private static final long serialVersionUID = 1L;

  public MetadataException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
