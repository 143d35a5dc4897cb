package io.tidemark.state;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An entry of a store as somebody outside of its task sees it.
 *
 * @param slot the slot it is in
 * @param key what the key serde wrote
 * @param value what the value serde wrote
 * @param schema the number of the schema that the value was written with
 * @param expires when it expires, in milliseconds since 1970; {@link StoredValue#NEVER} if it stays
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes are handed over, never compared
public record StoredEntry(int slot, byte[] key, byte[] value, int schema, long expires) {

  /**
   * An entry from an engine's or a journal's bytes.
   *
   * @param engineKey the slot and the key
   * @param stored the value as stored
   */
  public static StoredEntry of(byte[] engineKey, byte[] stored) {
    return new StoredEntry(
        slot(engineKey),
        Arrays.copyOfRange(engineKey, Slots.PREFIX_BYTES, engineKey.length),
        StoredValue.payload(stored),
        StoredValue.schema(stored),
        StoredValue.expires(stored));
  }

  /** The slot of an engine's key. */
  private static int slot(byte[] engineKey) {
    return ByteBuffer.wrap(engineKey).getShort() & 0xffff;
  }

  /** Whether it is nothing to a reader at a time, in milliseconds since 1970. */
  public boolean isGone(long now) {
    return expires <= now;
  }
}
