package io.tidemark.api;

import java.nio.ByteBuffer;

/** Reads what always has the same number of bytes. */
final class FixedLength {
  private FixedLength() {}

  static ByteBuffer of(byte[] bytes, int length, String what) {
    if (bytes.length != length) {
      throw SerializationException.unreadable(
          what + " has " + length + " bytes; these are " + bytes.length);
    }
    return ByteBuffer.wrap(bytes);
  }
}
