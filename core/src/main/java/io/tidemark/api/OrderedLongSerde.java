package io.tidemark.api;

import java.nio.ByteBuffer;

/**
 * Longs in order, negative ones first: eight bytes, the highest first, with the sign bit inverted.
 */
public final class OrderedLongSerde implements OrderedSerde<Long>, JsonText<Long> {

  @Override
  public void write(Long object, BytesBuilder to) {
    to.putLong(object ^ Long.MIN_VALUE);
  }

  @Override
  public Long read(ByteBuffer from) {
    return from.getLong() ^ Long.MIN_VALUE;
  }

  @Override
  public String toJson(Long object) {
    return object.toString();
  }

  @Override
  public Long fromJson(String json) {
    return Json.wholeNumber(json, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  @Override
  public boolean keysAreValues() {
    return true;
  }

  @Override
  public String schema() {
    return "ordered-long";
  }
}
