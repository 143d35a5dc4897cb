package io.tidemark.api;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A serde whose bytes, compared as unsigned, are in the order of the objects: what it takes for a
 * store's ranges to mean what people expect, and to be part of a {@link Tuple}.
 *
 * <p>{@link #write} delimits itself: no object's bytes are the beginning of another's, so that one
 * can be read off the front of longer bytes, and what follows never changes the order.
 */
public interface OrderedSerde<T> extends Serde<T> {

  /**
   * Appends an object.
   *
   * @throws SerializationException (TM-4502) if it cannot be written
   */
  void write(T object, BytesBuilder to);

  /**
   * Reads an object off the front of a buffer, which is backed by an array, and leaves its position
   * behind it.
   *
   * @throws SerializationException (TM-4501) if {@link #write} cannot have written this
   * @throws BufferUnderflowException if the bytes end within the object
   */
  T read(ByteBuffer from);

  @Override
  default byte @Nullable [] toBytes(@Nullable T object) {
    if (object == null) {
      return null;
    }
    BytesBuilder bytes = new BytesBuilder();
    write(object, bytes);
    return bytes.toBytes();
  }

  @Override
  default @Nullable T fromBytes(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    ByteBuffer from = ByteBuffer.wrap(bytes);
    T object;
    try {
      object = read(from);
    } catch (BufferUnderflowException e) {
      throw SerializationException.unreadable(
          bytes.length + " bytes are too few for " + schema(), e);
    }
    if (from.hasRemaining()) {
      throw SerializationException.unreadable(
          from.remaining() + " of " + bytes.length + " bytes are too many for " + schema());
    }
    return object;
  }
}
