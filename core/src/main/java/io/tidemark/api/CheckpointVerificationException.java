package io.tidemark.api;

/**
 * A checkpoint is not what it should be: a file of it is missing, damaged or another. Nothing of it
 * is used.
 */
public final class CheckpointVerificationException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final String expected;
  private final String found;

  /**
   * @param code the stable code, {@code TM-nnnn}
   * @param message what, where, and what to do
   * @param file what is wrong: the name of a file or blob
   * @param expected what it should be
   * @param found what it is
   */
  public CheckpointVerificationException(
      String code, String message, String file, String expected, String found) {
    super(code, message);
    this.file = file;
    this.expected = expected;
    this.found = found;
  }

  /** What is wrong: the name of a file or blob. */
  public String file() {
    return file;
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
