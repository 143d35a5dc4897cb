package io.tidemark.state;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The form in which values stand in engines and journals: a header of one byte, the time at which
 * the entry expires if it does, and what the serde wrote.
 *
 * <p>The header's highest bit says whether there is a time: eight bytes follow, milliseconds since
 * 1970, big-endian; the entry is gone from that millisecond on. The other seven bits are the number
 * of the schema that the value was written with, as the store counts its schemas.
 */
public final class StoredValue {
  /** The time of an entry that stays. */
  public static final long NEVER = Long.MAX_VALUE;

  /** How many schemas a store can have had. */
  public static final int MAX_SCHEMAS = 128;

  private static final int EXPIRES = 0x80;

  private StoredValue() {}

  /** A value as it is stored. */
  public static byte[] of(int schema, long expires, byte[] payload) {
    return of(header(schema, expires), payload);
  }

  /** A value as it is stored, from what {@link #header} gave. */
  static byte[] of(byte[] header, byte[] payload) {
    byte[] stored = Arrays.copyOf(header, header.length + payload.length);
    System.arraycopy(payload, 0, stored, header.length, payload.length);
    return stored;
  }

  /** What stands before a value's payload. */
  static byte[] header(int schema, long expires) {
    if (schema < 0 || schema >= MAX_SCHEMAS) {
      throw new IllegalArgumentException("schema " + schema);
    }
    if (expires == NEVER) {
      return new byte[] {(byte) schema};
    }
    return ByteBuffer.allocate(1 + Long.BYTES)
        .put((byte) (schema | EXPIRES))
        .putLong(expires)
        .array();
  }

  /** The number of the schema that a stored value was written with. */
  public static int schema(byte[] stored) {
    return schema(stored[0]);
  }

  /** The number of the schema in a stored value's first byte. */
  static int schema(byte header) {
    return header & ~EXPIRES & 0xff;
  }

  /** When a stored value expires, in milliseconds since 1970; {@link #NEVER} if it does not. */
  public static long expires(byte[] stored) {
    return stored[0] >= 0 ? NEVER : ByteBuffer.wrap(stored).getLong(1);
  }

  /** What the serde wrote. */
  public static byte[] payload(byte[] stored) {
    int header = header(stored);
    byte[] payload = new byte[stored.length - header];
    System.arraycopy(stored, header, payload, 0, payload.length);
    return payload;
  }

  /** Where the serde's bytes begin. */
  static int header(byte[] stored) {
    return stored[0] >= 0 ? 1 : 1 + Long.BYTES;
  }
}
