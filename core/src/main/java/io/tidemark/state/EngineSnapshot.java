package io.tidemark.state;

/**
 * What an engine held at one commit. It never changes. Any thread may read it; {@link #close} is
 * called when nobody reads, and before the engine is closed.
 */
public interface EngineSnapshot extends EngineReader, AutoCloseable {

  /** The commit that it equals. */
  EngineCommit commit();

  /** Gives it up. Closing again does nothing. */
  @Override
  void close();
}
