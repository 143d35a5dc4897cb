package io.tidemark.examples.traffic;

/**
 * Says that a line is neither in Apache's combined nor in its common log format: what is wrong with
 * it, and at which column.
 *
 * <p>The message leaves the line itself out: it may hold anything, and whoever rejects the line
 * keeps it whole.
 */
public final class MalformedLogLineException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final int column;

  /**
   * Describes what is wrong at a column.
   *
   * @param problem what was expected, without the column
   * @param column where the line departs from the format, counted from 1
   */
  public MalformedLogLineException(String problem, int column) {
    super("not an access log line: at column " + column + ", " + problem);
    this.column = column;
  }

  /** Returns where the line departs from the format, counted from 1. */
  public int column() {
    return column;
  }
}
