package io.tidemark.api;

import org.jspecify.annotations.Nullable;

/**
 * Doubles as the eight bytes of their IEEE 754 form, the highest first, as Kafka's own serializer
 * writes them; all NaNs as one. In a store's ranges, negative numbers come after positive ones and
 * in reverse; {@link OrderedDoubleSerde} orders them.
 */
public final class DoubleSerde implements Serde<Double>, JsonText<Double> {

  @Override
  public byte @Nullable [] toBytes(@Nullable Double object) {
    return object == null ? null : FixedLength.ofLong(Double.doubleToLongBits(object));
  }

  @Override
  public @Nullable Double fromBytes(byte @Nullable [] bytes) {
    return bytes == null ? null : Double.longBitsToDouble(FixedLength.toLong(bytes, "a double"));
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
    return "double";
  }
}
