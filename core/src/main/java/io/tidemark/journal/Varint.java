package io.tidemark.journal;

/**
 * Unsigned numbers of seven bits a byte, the lowest first; all but the last byte have the top bit.
 */
final class Varint {
  /** The most bytes that a number takes. */
  static final int MAX_BYTES = 5;

  private Varint() {}

  /** Writes a number, and returns where it ends. */
  static int put(byte[] bytes, int at, int value) {
    int end = at;
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      bytes[end++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[end++] = (byte) rest;
    return end;
  }

  /** Reads a number that {@link #put} wrote. */
  static int get(byte[] bytes, int at) {
    byte b = bytes[at];
    int value = b & 0x7f;
    for (int shift = 7, next = at + 1; b < 0; shift += 7, next++) {
      b = bytes[next];
      value |= (b & 0x7f) << shift;
    }
    return value;
  }

  /** How many bytes a number takes. */
  static int bytes(int value) {
    int bytes = 1;
    for (int rest = value >>> 7; rest != 0; rest >>>= 7) {
      bytes++;
    }
    return bytes;
  }
}
