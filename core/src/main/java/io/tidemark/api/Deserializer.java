package io.tidemark.api;

import org.jspecify.annotations.Nullable;

/** Turns bytes into objects. */
@FunctionalInterface
public interface Deserializer<T> {

  /**
   * The object the bytes stand for. Null gives null.
   *
   * @throws RuntimeException any, if the bytes stand for nothing; Tidemark's own serdes throw a
   *     {@link SerializationException} (TM-4501)
   */
  @Nullable T fromBytes(byte @Nullable [] bytes);
}
