package io.tidemark.api;

import org.jspecify.annotations.Nullable;

/** A key or message cannot be written, or read, with the serde configured for it. */
public class SerializationException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  public SerializationException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }

  /** Bytes that the serde cannot have written (TM-4501). */
  public static SerializationException unreadable(String message) {
    return unreadable(message, null);
  }

  /** Bytes that the serde cannot have written (TM-4501). */
  public static SerializationException unreadable(String message, @Nullable Throwable cause) {
    return new SerializationException("TM-4501", message, cause);
  }

  /** An object that the serde cannot write (TM-4502). */
  public static SerializationException unwritable(String message) {
    return unwritable(message, null);
  }

  /** An object that the serde cannot write (TM-4502). */
  public static SerializationException unwritable(String message, @Nullable Throwable cause) {
    return new SerializationException("TM-4502", message, cause);
  }

  /** JSON text that does not stand for an object of the serde (TM-4503). */
  public static SerializationException wrongJson(String message) {
    return wrongJson(message, null);
  }

  /** JSON text that does not stand for an object of the serde (TM-4503). */
  public static SerializationException wrongJson(String message, @Nullable Throwable cause) {
    return new SerializationException("TM-4503", message, cause);
  }
}
