package io.tidemark.journal;

/**
 * What one commit changed in one store: at most one change per key, packed. Immutable.
 *
 * <p>A change is {@code keyLength:varint key valueLength+1:varint value}; a zero in place of the
 * value's length removes the key.
 */
public final class StoreChanges {
  private final String store;
  private final int count;
  private final byte[] packed;
  private final int from;
  private final int to;

  StoreChanges(String store, int count, byte[] packed, int from, int to) {
    this.store = store;
    this.count = count;
    this.packed = packed;
    this.from = from;
    this.to = to;
  }

  /** The store's name. */
  public String store() {
    return store;
  }

  /** How many changes there are. */
  public int count() {
    return count;
  }

  /** How many bytes they take. */
  public int bytes() {
    return to - from;
  }

  /** The array in which the changes are packed. Do not change it. */
  public byte[] array() {
    return packed;
  }

  /** Where they begin in there. */
  public int begin() {
    return from;
  }

  /** A cursor before the first change. */
  public Cursor cursor() {
    return new Cursor(from);
  }

  /** A cursor before the change at a place that {@link Cursor#place} told. */
  public Cursor cursor(int place) {
    return new Cursor(place);
  }

  /** Walks over the changes without copying them; keys and values are slices of {@link #array}. */
  public final class Cursor {
    private int next;
    private int place;
    private int keyOffset;
    private int keyLength;
    private int valueOffset;
    private int valueLength;

    private Cursor(int next) {
      this.next = next;
    }

    /** Steps to the next change; false after the last. */
    public boolean next() {
      if (next == to) {
        return false;
      }
      place = next;
      keyLength = length();
      keyOffset = next;
      next += keyLength;
      valueLength = length() - 1;
      valueOffset = next;
      next += Math.max(valueLength, 0);
      if (next > to) {
        throw new IllegalStateException("changes of store " + store + " end within an entry");
      }
      return true;
    }

    /** Where the change stands among the others, for {@link StoreChanges#cursor(int)}. */
    public int place() {
      return place;
    }

    /** The array that holds keys and values. Do not change it. */
    public byte[] array() {
      return packed;
    }

    /** Where the key begins. */
    public int keyOffset() {
      return keyOffset;
    }

    /** How long the key is. */
    public int keyLength() {
      return keyLength;
    }

    /** Where the value begins. */
    public int valueOffset() {
      return valueOffset;
    }

    /** How long the value is; -1 if the key is removed. */
    public int valueLength() {
      return valueLength;
    }

    private int length() {
      int value = 0;
      for (int shift = 0; shift < 35; shift += 7) {
        byte b = packed[next++];
        value |= (b & 0x7f) << shift;
        if (b >= 0) {
          return value;
        }
      }
      throw new IllegalStateException("changes of store " + store + " hold an endless number");
    }
  }
}
