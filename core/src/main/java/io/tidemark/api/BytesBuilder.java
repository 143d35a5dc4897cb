package io.tidemark.api;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes in the making, as many as it takes; numbers with their highest byte first. */
public final class BytesBuilder {
  private byte[] bytes = new byte[32];
  private int length;

  /** Appends the lowest eight bits of a number. */
  public BytesBuilder putByte(int value) {
    int begin = reserve(1);
    bytes[begin] = (byte) value;
    return this;
  }

  /** Appends four bytes. */
  public BytesBuilder putInt(int value) {
    int begin = reserve(4);
    ByteBuffer.wrap(bytes).putInt(begin, value);
    return this;
  }

  /** Appends eight bytes. */
  public BytesBuilder putLong(long value) {
    int begin = reserve(8);
    ByteBuffer.wrap(bytes).putLong(begin, value);
    return this;
  }

  /** Appends bytes. */
  public BytesBuilder putBytes(byte[] value) {
    int begin = reserve(value.length);
    System.arraycopy(value, 0, bytes, begin, value.length);
    return this;
  }

  /** A copy of what has been appended. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  /** Makes room at the end, and says where that begins. */
  private int reserve(int count) {
    int begin = length;
    int end = Math.addExact(begin, count);
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, (int) Math.min(2L * bytes.length, 1 << 30)));
    }
    length = end;
    return begin;
  }
}
