package io.tidemark.state;

/**
 * A cursor over an engine's entries; it stands on an entry while {@link #valid}. After it or its
 * engine is closed every call but {@link #close} throws {@link IllegalStateException}, so that a
 * scan that was cut short is not taken for a whole one. Confined to one thread.
 */
public interface EngineIterator extends AutoCloseable {

  /** Whether it stands on an entry. */
  boolean valid();

  /** Steps to the next entry in its direction; it must be valid. */
  void next();

  /** The key it stands on; the caller owns the array. */
  byte[] key();

  /** The value it stands on; the caller owns the array. */
  byte[] value();

  /**
   * Copies the beginning of the value it stands on, as much as there is and fits.
   *
   * @return how many bytes were copied
   */
  default int valueStart(byte[] target) {
    byte[] value = value();
    int length = Math.min(target.length, value.length);
    System.arraycopy(value, 0, target, 0, length);
    return length;
  }

  /** Gives it up. Closing again does nothing. */
  @Override
  void close();
}
