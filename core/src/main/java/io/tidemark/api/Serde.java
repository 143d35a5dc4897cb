package io.tidemark.api;

/**
 * Turns objects into bytes and back. {@code fromBytes(toBytes(x))} equals {@code x}, and equal keys
 * must have equal bytes.
 *
 * <p>One that people can look into implements {@link JsonText} too; one whose bytes are in the
 * order of its objects, {@link OrderedSerde}.
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

  /**
   * What this serde writes: its format, and what the bytes stand for, such as {@code
   * tuple(string,ordered-long)} or {@code protobuf/com.acme.Order}. A store remembers it, and is
   * opened again only with a serde that {@link #reads} it. The same for ever, whatever the version
   * of the program; the default is the name of the class.
   */
  default String schema() {
    return getClass().getName();
  }

  /**
   * Whether this serde can read what a serde of another {@link #schema} has written, of which
   * nothing is at hand but that name. The default is yes if it is this serde's own.
   */
  default boolean reads(String schema) {
    return schema.equals(schema());
  }
}
