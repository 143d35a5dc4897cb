package io.tidemark.state;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Serialized keys between two bounds, compared as unsigned bytes.
 *
 * @param from the first key
 * @param to the first key after the range; null for no end
 */
@SuppressWarnings("ArrayRecordComponent") // bounds are handed over, never compared as objects
public record KeyRange(byte[] from, byte @Nullable [] to) {
  /** All keys. */
  public static final KeyRange ALL = new KeyRange(new byte[0], null);

  /** The keys that begin so. */
  public static KeyRange prefix(byte[] prefix) {
    return new KeyRange(prefix, KeyOrder.after(prefix));
  }

  /** One key. */
  public static KeyRange of(byte[] key) {
    return new KeyRange(key, Arrays.copyOf(key, key.length + 1));
  }

  /** The keys that are in both ranges. */
  public KeyRange and(KeyRange other) {
    byte[] later = Arrays.compareUnsigned(from, other.from) >= 0 ? from : other.from;
    if (to == null || other.to == null) {
      return new KeyRange(later, to == null ? other.to : to);
    }
    return new KeyRange(later, Arrays.compareUnsigned(to, other.to) <= 0 ? to : other.to);
  }

  /** Whether no key is in it. */
  public boolean isEmpty() {
    return to != null && Arrays.compareUnsigned(from, to) >= 0;
  }

  boolean contains(byte[] array, int begin, int end) {
    return Arrays.compareUnsigned(array, begin, end, from, 0, from.length) >= 0
        && (to == null || Arrays.compareUnsigned(array, begin, end, to, 0, to.length) < 0);
  }

  /** The engine's keys of one slot: where they begin. */
  byte[] start(int slot) {
    return Slots.engineKey(slot, from);
  }

  /** The engine's keys of one slot: the first after them; null for no end. */
  byte @Nullable [] end(int slot) {
    return to != null
        ? Slots.engineKey(slot, to)
        : KeyOrder.after(Slots.engineKey(slot, new byte[0]));
  }
}
