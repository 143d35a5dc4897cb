package io.tidemark.api;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Numbers that always have the same number of bytes, the highest first. Keys and counts go through
 * here for each record, so nothing is made on the way but the bytes.
 */
final class FixedLength {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private FixedLength() {}

  static byte[] ofLong(long number) {
    byte[] bytes = new byte[Long.BYTES];
    LONGS.set(bytes, 0, number);
    return bytes;
  }

  static byte[] ofInt(int number) {
    byte[] bytes = new byte[Integer.BYTES];
    INTS.set(bytes, 0, number);
    return bytes;
  }

  /**
   * The number that bytes stand for.
   *
   * @param what names the number in the message if the bytes are too few or too many
   */
  static long toLong(byte[] bytes, String what) {
    requireLength(bytes, Long.BYTES, what);
    return (long) LONGS.get(bytes, 0);
  }

  /** As {@link #toLong}. */
  static int toInt(byte[] bytes, String what) {
    requireLength(bytes, Integer.BYTES, what);
    return (int) INTS.get(bytes, 0);
  }

  private static void requireLength(byte[] bytes, int length, String what) {
    if (bytes.length != length) {
      throw SerializationException.unreadable(
          what + " has " + length + " bytes; these are " + bytes.length);
    }
  }
}
