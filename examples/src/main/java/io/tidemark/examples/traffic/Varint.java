package io.tidemark.examples.traffic;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * Numbers in as few bytes as they need: seven bits a byte, the lowest first, and the eighth bit
 * says that another byte follows. Any long fits; a negative one takes all ten bytes.
 */
final class Varint {
  static final int LONGEST = 10;

  private Varint() {}

  static void put(ByteBuffer target, long number) {
    long rest = number;
    while ((rest & ~0x7fL) != 0) {
      target.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    target.put((byte) rest);
  }

  static long get(ByteBuffer source) {
    long number = 0;
    for (int shift = 0; shift < 7 * LONGEST; shift += 7) {
      byte next = next(source);
      number |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return number;
      }
    }
    throw new IllegalArgumentException("a number of more than " + LONGEST + " bytes");
  }

  /** The bytes written since the buffer was cleared. */
  static byte[] written(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.position()];
    buffer.flip().get(bytes);
    return bytes;
  }

  /** The bytes after a version byte, which must be the one given. */
  static ByteBuffer versioned(byte[] bytes, byte version, String what) {
    ByteBuffer source = ByteBuffer.wrap(bytes);
    byte found = next(source);
    if (found != version) {
      throw new IllegalArgumentException(
          what + " of version " + found + "; this program reads version " + version);
    }
    return source;
  }

  static void expectEnd(ByteBuffer source) {
    if (source.hasRemaining()) {
      throw new IllegalArgumentException(source.remaining() + " bytes too many");
    }
  }

  private static byte next(ByteBuffer source) {
    try {
      return source.get();
    } catch (BufferUnderflowException end) {
      throw new IllegalArgumentException("the bytes end too early", end);
    }
  }
}
