package io.tidemark.api;

import org.jspecify.annotations.Nullable;

/**
 * Longs as eight bytes, the highest first, as Kafka's own serializer writes them. In a store's
 * ranges, negative numbers come after positive ones; {@link OrderedLongSerde} puts them first.
 */
public final class LongSerde implements Serde<Long>, JsonText<Long> {

  @Override
  public byte @Nullable [] toBytes(@Nullable Long object) {
    return object == null ? null : FixedLength.ofLong(object);
  }

  @Override
  public @Nullable Long fromBytes(byte @Nullable [] bytes) {
    return bytes == null ? null : FixedLength.toLong(bytes, "a long");
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
    return "long";
  }
}
