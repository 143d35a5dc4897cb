package io.tidemark.state;

/**
 * What an engine held at one commit. It never changes. Any thread may read it; {@link #close} is
 * called when nobody reads. One that is left open ends with its engine. Iterators live on when
 * their snapshot is closed.
 */
public interface EngineSnapshot extends EngineReader, AutoCloseable {

  /** The commit that it equals. */
  EngineCommit commit();

  /** Gives it up; later reads throw {@link IllegalStateException}. Closing again does nothing. */
  @Override
  void close();
}
