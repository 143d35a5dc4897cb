package io.tidemark.system;

/**
 * A named place where a test can halt the process, as a power cut would.
 *
 * <p>{@code -Dtidemark.failpoint=NAME:N} halts at the N-th passage of that place ({@code NAME}
 * alone: the first) with exit status {@value #EXIT_STATUS}, running no shutdown hook. Without the
 * property a passage costs nothing.
 */
public final class Failpoint {
  /** The exit status of a process halted here. */
  public static final int EXIT_STATUS = 86;

  private static final String ARMED = System.getProperty("tidemark.failpoint", "");
  private static final String NAME =
      ARMED.contains(":") ? ARMED.substring(0, ARMED.indexOf(':')) : ARMED;
  private static long passagesLeft =
      ARMED.contains(":") ? Long.parseLong(ARMED.substring(ARMED.indexOf(':') + 1)) : 1;

  private Failpoint() {}

  /** Halts the process if a test armed this place and this is the passage it asked for. */
  public static void pass(String name) {
    if (!NAME.isEmpty() && NAME.equals(name)) {
      count();
    }
  }

  private static synchronized void count() {
    if (--passagesLeft == 0) {
      Runtime.getRuntime().halt(EXIT_STATUS);
    }
  }
}
