package io.tidemark.api;

import java.nio.ByteBuffer;

/**
 * Doubles in the order of {@link Double#compareTo}: negative infinity first, -0.0 before 0.0, which
 * are two different keys, and NaN last, of which there is one.
 *
 * <p>The eight bytes of the IEEE 754 form, the highest first; of a positive number with the sign
 * bit inverted, of a negative one with all bits inverted, since there the larger magnitude comes
 * first.
 */
public final class OrderedDoubleSerde implements OrderedSerde<Double>, JsonText<Double> {

  @Override
  public void write(Double object, BytesBuilder to) {
    long bits = Double.doubleToLongBits(object);
    to.putLong(bits < 0 ? ~bits : bits ^ Long.MIN_VALUE);
  }

  @Override
  public Double read(ByteBuffer from) {
    long written = from.getLong();
    long bits = written < 0 ? written ^ Long.MIN_VALUE : ~written;
    double number = Double.longBitsToDouble(bits);
    if (Double.doubleToLongBits(number) != bits) {
      throw SerializationException.unreadable(
          String.format("%016x is a NaN that ordered-double does not write", written));
    }
    return number;
  }

  @Override
  public String toJson(Double object) {
    return Json.decimal((double) object);
  }

  @Override
  public Double fromJson(String json) {
    return Json.decimal(json);
  }

  @Override
  public boolean keysAreValues() {
    return true;
  }

  @Override
  public String schema() {
    return "ordered-double";
  }
}
