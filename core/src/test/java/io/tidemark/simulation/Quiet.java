package io.tidemark.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** Nothing is logged until it is closed: in simulations everything goes wrong all the time. */
final class Quiet implements AutoCloseable {
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.tidemark");
  private final Level before = logger.getEffectiveLevel();

  private Quiet() {}

  /** From here on; not if {@code -Dtidemark.log} asks for a log. */
  static Quiet please() {
    Quiet quiet = new Quiet();
    if (System.getProperty("tidemark.log") == null) {
      quiet.logger.setLevel(Level.OFF);
    }
    return quiet;
  }

  @Override
  public void close() {
    logger.setLevel(before);
  }
}
