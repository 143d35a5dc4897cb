package io.tidemark.api;

import org.jspecify.annotations.Nullable;

/**
 * A checkpoint is not what it must be: a blob or file of it is damaged or missing, or its parts do
 * not go together. Nothing of it was put in place.
 */
public final class CheckpointVerificationException extends TidemarkException {
  /** The code of a file whose bytes are others, or another number of them, than were written. */
  public static final String DAMAGED = "TM-8201";

  /** The code of a blob that is not there. */
  public static final String MISSING = "TM-8202";

  /** The code of parts that do not go together. */
  public static final String STRUCTURE = "TM-8203";

  private static final long serialVersionUID = 1L;

  private final String part;
  private final String expected;
  private final String found;

  /**
   * @param code one of the codes of this class
   * @param part the file and blob, or other part of the checkpoint, that is wrong
   * @param expected what it should be
   * @param found what it is
   */
  public CheckpointVerificationException(
      String code, String part, String expected, String found, @Nullable Throwable cause) {
    super(
        code,
        part
            + " of the checkpoint is not as it was written: expected "
            + expected
            + ", found "
            + found
            + ". Use an earlier checkpoint (task.checkpoint.verification.failure=previous does so"
            + " by itself), or put an undamaged copy of the blob in place",
        cause);
    this.part = part;
    this.expected = expected;
    this.found = found;
  }

  /** The file and blob, or other part of the checkpoint, that is wrong. */
  public String part() {
    return part;
  }

  /** What it should be. */
  public String expected() {
    return expected;
  }

  /** What it is. */
  public String found() {
    return found;
  }
}
