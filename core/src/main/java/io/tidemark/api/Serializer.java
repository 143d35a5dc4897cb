package io.tidemark.api;

import org.jspecify.annotations.Nullable;

/** Turns objects into bytes. Stateless or confined to its thread: one is made per task and use. */
@FunctionalInterface
public interface Serializer<T> {

  /**
   * The object's bytes; the caller owns them. Null gives null.
   *
   * @throws RuntimeException any, if it cannot be written; Tidemark's own serdes throw a {@link
   *     SerializationException} (TM-4502)
   */
  byte @Nullable [] toBytes(@Nullable T object);
}
