package io.tidemark.state;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A change of one key of an engine's store. Its bytes may be part of larger arrays, which stay
 * where they are: whoever keeps them longer than the change takes {@link #key} and {@link #value}.
 */
public final class Change {
  private final int store;
  private final byte[] keys;
  private final int keyOffset;
  private final int keyLength;
  private final byte[] values;
  private final int valueOffset;
  private final int valueLength;

  /**
   * @param store the store's index
   * @param key the key
   * @param value the new value; null if the key is removed
   */
  public Change(int store, byte[] key, byte @Nullable [] value) {
    this.store = store;
    this.keys = key;
    this.keyOffset = 0;
    this.keyLength = key.length;
    this.values = value == null ? key : value;
    this.valueOffset = 0;
    this.valueLength = value == null ? -1 : value.length;
  }

  /**
   * A change that stands in an array.
   *
   * @param store the store's index
   * @param array has the key and the value
   * @param valueLength negative if the key is removed
   */
  Change(int store, byte[] array, int keyOffset, int keyLength, int valueOffset, int valueLength) {
    this.store = store;
    this.keys = array;
    this.keyOffset = keyOffset;
    this.keyLength = keyLength;
    this.values = array;
    this.valueOffset = valueOffset;
    this.valueLength = valueLength;
  }

  /** The store's index. */
  public int store() {
    return store;
  }

  /** Whether the key is removed, and there is no value. */
  public boolean isRemoval() {
    return valueLength < 0;
  }

  /** The key, in an array without anything else. */
  public byte[] key() {
    return whole(keys, keyOffset, keyLength);
  }

  /** The new value, in an array without anything else; null if the key is removed. */
  public byte @Nullable [] value() {
    return isRemoval() ? null : whole(values, valueOffset, valueLength);
  }

  /** How many bytes the key has. */
  public int keyLength() {
    return keyLength;
  }

  /** How many bytes the value has; negative if there is none. */
  public int valueLength() {
    return valueLength;
  }

  /** Copies the key to a place in an array. */
  public void copyKey(byte[] target, int at) {
    System.arraycopy(keys, keyOffset, target, at, keyLength);
  }

  /** Copies the value, which must be there, to a place in an array. */
  public void copyValue(byte[] target, int at) {
    System.arraycopy(values, valueOffset, target, at, valueLength);
  }

  private static byte[] whole(byte[] array, int offset, int length) {
    return length == array.length ? array : Arrays.copyOfRange(array, offset, offset + length);
  }
}
