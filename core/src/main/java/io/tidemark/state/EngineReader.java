package io.tidemark.state;

import org.jspecify.annotations.Nullable;

/**
 * Reads the bytes of a task's stores. Keys are compared as unsigned bytes. Any thread may call it,
 * also while the engine applies. Once the engine is closed, or is closing, every call throws {@link
 * IllegalStateException}.
 */
public interface EngineReader {

  /** The value of a key; null if absent. The caller owns the array. */
  byte @Nullable [] get(int store, byte[] key);

  /**
   * The values of several keys, null where absent: what {@link #get} gives for each, at less cost.
   *
   * @param keys in any order
   */
  default byte[] @Nullable [] getAll(int store, byte[][] keys) {
    byte[] @Nullable [] values = new byte[keys.length][];
    for (int i = 0; i < keys.length; i++) {
      values[i] = get(store, keys[i]);
    }
    return values;
  }

  /**
   * The entries of a range as of some moment between the call and its return; later changes are not
   * seen. Nothing if the range is empty or begins after its end.
   *
   * @param from the first key of the range
   * @param to the first key after the range; null for no end
   */
  EngineIterator scan(int store, byte[] from, byte @Nullable [] to, Direction direction);

  /** As {@link #scan(int, byte[], byte[], Direction)}, forward. */
  default EngineIterator scan(int store, byte[] from, byte @Nullable [] to) {
    return scan(store, from, to, Direction.FORWARD);
  }

  /** Which entry comes first. */
  enum Direction {
    /** The least key. */
    FORWARD,
    /** The greatest key. */
    BACKWARD
  }
}
