package io.tidemark.api;

/**
 * Turns objects into bytes and back. {@code fromBytes(toBytes(x))} equals {@code x}, and equal keys
 * must have equal bytes.
 */
public interface Serde<T> extends Serializer<T>, Deserializer<T> {

  /**
   * Whether two objects are equal by {@code equals} exactly when their bytes are equal, and objects
   * never change. Then stores may keep keys as objects, which saves their bytes. False is always
   * right.
   */
  default boolean keysAreValues() {
    return false;
  }
}
