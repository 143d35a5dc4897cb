package io.tidemark.api;

/**
 * What a {@link Serde} implements besides, if its objects can be shown to people and typed by them,
 * as the command {@code tidemark state} does. {@code fromJson(toJson(x))} equals {@code x}.
 */
public interface JsonText<T> {

  /**
   * The object as JSON (RFC 8259) on one line.
   *
   * @throws SerializationException (TM-4502) if it cannot be written
   */
  String toJson(T object);

  /**
   * The object that JSON text stands for.
   *
   * @throws SerializationException (TM-4503) if it stands for none
   */
  T fromJson(String json);
}
