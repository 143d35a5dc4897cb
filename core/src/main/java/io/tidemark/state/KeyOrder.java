package io.tidemark.state;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** The order of keys: their bytes compared as unsigned numbers. */
final class KeyOrder {
  /** Orders engine keys by what follows the slot. */
  static final Comparator<byte[]> WITHIN_SLOTS =
      (left, right) ->
          Arrays.compareUnsigned(
              left, Slots.PREFIX_BYTES, left.length, right, Slots.PREFIX_BYTES, right.length);

  private KeyOrder() {}

  /** The first key after all that begin with a prefix; null if there is none. */
  static byte @Nullable [] after(byte[] prefix) {
    for (int i = prefix.length - 1; i >= 0; i--) {
      if (prefix[i] != (byte) 0xff) {
        byte[] after = Arrays.copyOf(prefix, i + 1);
        after[i]++;
        return after;
      }
    }
    return null;
  }

  /** Bytes that are equal when their contents are. */
  static final class Bytes {
    private final byte[] bytes;
    private final int hash;

    Bytes(byte[] bytes) {
      this.bytes = bytes;
      this.hash = Arrays.hashCode(bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }
}
