package io.tidemark.benchmarks.contender;

import java.nio.ByteBuffer;

/** A message of an input or a table: a number, and bytes that do not compress well. */
public final class Message {
  /** The length of every message. */
  public static final int BYTES = 100;

  private Message() {}

  /** Returns a message; two of the same number are equal. */
  public static byte[] of(long number) {
    ByteBuffer message = ByteBuffer.allocate(BYTES).putLong(number);
    long mixed = number;
    while (message.remaining() >= Long.BYTES) {
      mixed = mix(mixed);
      message.putLong(mixed);
    }
    return message.array();
  }

  /** Returns the number a message begins with. */
  public static long number(byte[] message) {
    return ByteBuffer.wrap(message).getLong();
  }

  /** Returns a copy of a message with another number. */
  public static byte[] withNumber(byte[] message, long number) {
    byte[] copy = message.clone();
    ByteBuffer.wrap(copy).putLong(number);
    return copy;
  }

  /** Scatters a number over all longs; no two come to the same. */
  public static long mix(long number) {
    long mixed = number + 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
