package io.tidemark.checkpoint;

import io.tidemark.api.TidemarkException;
import org.jspecify.annotations.Nullable;

/** A task's snapshot could not be taken; its checkpoint fails, the task goes on. */
public final class SnapshotException extends TidemarkException {
  /** The code of an engine that has moved past the cut; the next checkpoint will do. */
  public static final String PAST_THE_CUT = "TM-8204";

  /** The code of a journal that does not have the blocks up to the cut. */
  public static final String JOURNAL = "TM-8205";

  /** The code of local files that cannot be read or written. */
  public static final String LOCAL_FILES = "TM-8206";

  private static final long serialVersionUID = 1L;

  public SnapshotException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
