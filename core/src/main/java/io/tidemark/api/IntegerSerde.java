package io.tidemark.api;

import org.jspecify.annotations.Nullable;

/**
 * Integers as four bytes, the highest first, as Kafka's own serializer writes them. In a store's
 * ranges, negative numbers come after positive ones; {@link OrderedIntegerSerde} puts them first.
 */
public final class IntegerSerde implements Serde<Integer>, JsonText<Integer> {

  @Override
  public byte @Nullable [] toBytes(@Nullable Integer object) {
    return object == null ? null : FixedLength.ofInt(object);
  }

  @Override
  public @Nullable Integer fromBytes(byte @Nullable [] bytes) {
    return bytes == null ? null : FixedLength.toInt(bytes, "an integer");
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
    return "integer";
  }
}
