package io.tidemark.journal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Changes of one store, packed one after another as {@link StoreChanges} has them, and what tells
 * of one of them by its place in an array. Confined to one thread.
 */
public final class ChangeBuffer {
  private static final int HALF_OF_FIRST = 128;
  private static final byte[] NONE = new byte[0];

  private byte[] bytes = NONE;
  private int length;

  /** How many bytes the changes take. */
  public int length() {
    return length;
  }

  /** How much memory is taken. */
  public int capacity() {
    return bytes.length;
  }

  /** The array in which the changes are, from its begin; another after the next addition. */
  public byte[] array() {
    return bytes;
  }

  /**
   * Adds a change.
   *
   * @param valueBegin how the value begins
   * @param valueEnd how it ends; null to remove the key
   * @return its place
   */
  public int add(byte[] key, byte[] valueBegin, byte @Nullable [] valueEnd) {
    int valueLength = valueEnd == null ? 0 : Math.addExact(valueBegin.length, valueEnd.length);
    int place = length;
    ensure((long) key.length + valueLength + 2 * Varint.MAX_BYTES);
    int at = Varint.put(bytes, place, key.length);
    System.arraycopy(key, 0, bytes, at, key.length);
    at = Varint.put(bytes, at + key.length, valueEnd == null ? 0 : valueLength + 1);
    if (valueEnd != null) {
      System.arraycopy(valueBegin, 0, bytes, at, valueBegin.length);
      System.arraycopy(valueEnd, 0, bytes, at + valueBegin.length, valueEnd.length);
    }
    length = at + valueLength;
    return place;
  }

  private void ensure(long more) {
    long needed = length + more;
    if (needed > bytes.length) {
      bytes =
          Arrays.copyOf(
              bytes, BlockBuilder.capacity(Math.max(HALF_OF_FIRST, bytes.length), needed));
    }
  }

  /** Takes back all changes from a place on. */
  public void truncate(int place) {
    length = place;
  }

  /** Takes back all, and gives the memory back if little of it was in use, or nothing. */
  public void clear() {
    if (length < bytes.length / 4) {
      bytes = NONE;
    }
    length = 0;
  }

  // ---- one change

  /** Whether the change at a place is one of a key. */
  public static boolean isOf(byte[] packed, int place, byte[] key) {
    int from = place + Varint.bytes(key.length);
    return Varint.get(packed, place) == key.length
        && Arrays.equals(packed, from, from + key.length, key, 0, key.length);
  }

  /** The key of the change at a place. */
  public static byte[] key(byte[] packed, int place) {
    int keyLength = Varint.get(packed, place);
    int from = place + Varint.bytes(keyLength);
    return Arrays.copyOfRange(packed, from, from + keyLength);
  }

  /** The value that the change at a place gives its key; null if it removes the key. */
  public static byte @Nullable [] value(byte[] packed, int place) {
    int valuePlace = valuePlace(packed, place);
    int lengthAndOne = Varint.get(packed, valuePlace);
    int from = valuePlace + Varint.bytes(lengthAndOne);
    return lengthAndOne == 0 ? null : Arrays.copyOfRange(packed, from, from + lengthAndOne - 1);
  }

  /** Where the change at a place ends. */
  public static int end(byte[] packed, int place) {
    int valuePlace = valuePlace(packed, place);
    int lengthAndOne = Varint.get(packed, valuePlace);
    return valuePlace + Varint.bytes(lengthAndOne) + Math.max(0, lengthAndOne - 1);
  }

  private static int valuePlace(byte[] packed, int place) {
    int keyLength = Varint.get(packed, place);
    return place + Varint.bytes(keyLength) + keyLength;
  }
}
