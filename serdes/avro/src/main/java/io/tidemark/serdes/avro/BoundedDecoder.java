package io.tidemark.serdes.avro;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.avro.AvroTypeException;
import org.apache.avro.io.Decoder;
import org.apache.avro.util.Utf8;

/**
 * Reads Avro's binary encoding from bytes that nobody vouches for: no length is believed before so
 * many bytes are there. Items of arrays that take no bytes, as nulls do, are limited to {@link
 * #ITEMS_WITHOUT_BYTES} in all.
 */
final class BoundedDecoder extends Decoder {
  static final int ITEMS_WITHOUT_BYTES = 1_000_000;

  private final ByteBuffer from;
  private long itemsLeft;

  /**
   * @param from the bytes, backed by an array; what follows an object is left in it
   */
  BoundedDecoder(ByteBuffer from) {
    this.from = from.order(ByteOrder.LITTLE_ENDIAN);
    this.itemsLeft = (long) from.remaining() + ITEMS_WITHOUT_BYTES;
  }

  @Override
  public void readNull() {}

  @Override
  public boolean readBoolean() throws IOException {
    require(1);
    byte value = from.get();
    if (value != 0 && value != 1) {
      throw new AvroTypeException("a boolean is 0 or 1, and not " + value);
    }
    return value == 1;
  }

  @Override
  public int readInt() throws IOException {
    long value = readLong();
    if (value != (int) value) {
      throw new AvroTypeException(value + " is no integer of 32 bits");
    }
    return (int) value;
  }

  @Override
  public long readLong() throws IOException {
    long zigzag = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      require(1);
      long next = from.get();
      if (shift == 63 && (next & 0xfe) != 0) {
        break; // more than 64 bits
      }
      zigzag |= (next & 0x7f) << shift;
      if (next >= 0) {
        return zigzag >>> 1 ^ -(zigzag & 1);
      }
    }
    throw new AvroTypeException("a number has more than 64 bits");
  }

  @Override
  public float readFloat() throws IOException {
    require(Float.BYTES);
    return from.getFloat();
  }

  @Override
  public double readDouble() throws IOException {
    require(Double.BYTES);
    return from.getDouble();
  }

  @Override
  public Utf8 readString(Utf8 old) throws IOException {
    return new Utf8(readBytes());
  }

  @Override
  public String readString() throws IOException {
    return new Utf8(readBytes()).toString();
  }

  @Override
  public void skipString() throws IOException {
    skipBytes();
  }

  @Override
  public ByteBuffer readBytes(ByteBuffer old) throws IOException {
    return ByteBuffer.wrap(readBytes());
  }

  private byte[] readBytes() throws IOException {
    byte[] bytes = new byte[length()];
    from.get(bytes);
    return bytes;
  }

  @Override
  public void skipBytes() throws IOException {
    skipFixed(length());
  }

  @Override
  public void readFixed(byte[] bytes, int start, int length) throws IOException {
    require(length);
    from.get(bytes, start, length);
  }

  @Override
  public void skipFixed(int length) throws IOException {
    require(length);
    from.position(from.position() + length);
  }

  @Override
  public int readEnum() throws IOException {
    return readInt();
  }

  @Override
  public int readIndex() throws IOException {
    return readInt();
  }

  @Override
  public long readArrayStart() throws IOException {
    return items();
  }

  @Override
  public long arrayNext() throws IOException {
    return items();
  }

  @Override
  public long skipArray() throws IOException {
    return skippedItems();
  }

  @Override
  public long readMapStart() throws IOException {
    return items();
  }

  @Override
  public long mapNext() throws IOException {
    return items();
  }

  @Override
  public long skipMap() throws IOException {
    return skippedItems();
  }

  @Override
  public int remainingBytes() {
    return from.remaining();
  }

  /** The number of items in the block that begins here; 0 if there is none. */
  private long items() throws IOException {
    long count = readLong();
    if (count < 0) {
      readLong(); // the block's length in bytes, for who wants to skip it
    }
    return counted(count);
  }

  /** Passes over blocks that tell their length; the number of items in one that does not. */
  private long skippedItems() throws IOException {
    long count = readLong();
    while (count < 0) {
      skipFixed(length());
      count = readLong();
    }
    return counted(count);
  }

  private long counted(long count) {
    long items = count == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(count);
    if (items > itemsLeft) {
      throw new AvroTypeException(items + " items are more than the bytes can have");
    }
    itemsLeft -= items;
    return items;
  }

  private int length() throws IOException {
    long length = readLong();
    if (length < 0) {
      throw new AvroTypeException("the length " + length + " is negative");
    }
    require(length);
    return (int) length;
  }

  private void require(long bytes) throws EOFException {
    if (bytes > from.remaining()) {
      throw new EOFException(
          "the bytes end too early: " + bytes + " wanted, " + from.remaining() + " left");
    }
  }
}
