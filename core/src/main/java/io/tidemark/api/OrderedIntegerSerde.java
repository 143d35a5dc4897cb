package io.tidemark.api;

import java.nio.ByteBuffer;

/**
 * Integers in order, negative ones first: four bytes, the highest first, with the sign bit
 * inverted.
 */
public final class OrderedIntegerSerde implements OrderedSerde<Integer>, JsonText<Integer> {

  @Override
  public void write(Integer object, BytesBuilder to) {
    to.putInt(object ^ Integer.MIN_VALUE);
  }

  @Override
  public Integer read(ByteBuffer from) {
    return from.getInt() ^ Integer.MIN_VALUE;
  }

  @Override
  public String toJson(Integer object) {
    return object.toString();
  }

  @Override
  public Integer fromJson(String json) {
    return (int) Json.wholeNumber(json, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  @Override
  public boolean keysAreValues() {
    return true;
  }

  @Override
  public String schema() {
    return "ordered-integer";
  }
}
