package io.tidemark.stores.rocksdb;

import io.tidemark.state.Change;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Builds a write batch in the heap, in the layout that RocksDB keeps batches in, so that it takes
 * one call into native code instead of one per change: 1.2 M changes per second of processor time,
 * against 0.9 M with calls for each.
 *
 * <pre>
 *   batch  := sequence (8 bytes, 0) count (4 bytes) change*      all little endian
 *   change := 05 family key value | 04 family key                put, removal
 *   family := varint                                             the column family's id
 *   key, value := length (varint) bytes
 * </pre>
 *
 * <p>It is exactly as long as it was said to become, since RocksDB takes a whole array.
 *
 * <p>Threads: one at a time.
 */
final class Batch {
  private static final int HEADER_BYTES = 12;
  private static final int COUNT_AT = 8;
  private static final byte PUT = 5;
  private static final byte DELETE = 4;

  private final byte[] bytes;
  private int end = HEADER_BYTES;
  private int count;

  /**
   * @param changeBytes the sum of {@link #bytes(int, Change)} of all that will be added
   */
  Batch(long changeBytes) {
    if (changeBytes > Integer.MAX_VALUE - 8 - HEADER_BYTES) {
      throw new IllegalArgumentException("the changes of one apply take more than 2 GiB");
    }
    bytes = new byte[HEADER_BYTES + (int) changeBytes];
  }

  /** How many bytes a change takes. */
  static long bytes(int family, Change change) {
    long bytes = 1L + varintBytes(family) + sliceBytes(change.keyLength());
    return change.isRemoval() ? bytes : bytes + sliceBytes(change.valueLength());
  }

  private static long sliceBytes(int length) {
    return varintBytes(length) + (long) length;
  }

  private static int varintBytes(int value) {
    return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
  }

  /** Adds a change of a key of a column family. */
  void add(int family, Change change) {
    bytes[end++] = change.isRemoval() ? DELETE : PUT;
    varint(family);
    varint(change.keyLength());
    change.copyKey(bytes, end);
    end += change.keyLength();
    if (!change.isRemoval()) {
      varint(change.valueLength());
      change.copyValue(bytes, end);
      end += change.valueLength();
    }
    count++;
  }

  /** The batch, which is complete. */
  byte[] finished() {
    if (end != bytes.length) {
      throw new IllegalStateException(end + " bytes were added instead of " + bytes.length);
    }
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(COUNT_AT, count);
    return bytes;
  }

  private void varint(int value) {
    int rest = value;
    while (rest >>> 7 != 0) {
      bytes[end++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[end++] = (byte) rest;
  }
}
