package io.tidemark.api;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Doubles as the eight bytes of their IEEE 754 form, the highest first; all NaNs as one. */
public final class DoubleSerde implements Serde<Double> {

  @Override
  public byte @Nullable [] toBytes(@Nullable Double object) {
    return object == null
        ? null
        : ByteBuffer.allocate(8).putLong(Double.doubleToLongBits(object)).array();
  }

  @Override
  public @Nullable Double fromBytes(byte @Nullable [] bytes) {
    return bytes == null ? null : FixedLength.of(bytes, 8, "a double").getDouble();
  }

  @Override
  public boolean keysAreValues() {
    return true;
  }
}
