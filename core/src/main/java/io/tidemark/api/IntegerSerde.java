package io.tidemark.api;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Integers as four bytes, the highest first. */
public final class IntegerSerde implements Serde<Integer> {

  @Override
  public byte @Nullable [] toBytes(@Nullable Integer object) {
    return object == null ? null : ByteBuffer.allocate(4).putInt(object).array();
  }

  @Override
  public @Nullable Integer fromBytes(byte @Nullable [] bytes) {
    return bytes == null ? null : FixedLength.of(bytes, 4, "an integer").getInt();
  }

  @Override
  public boolean keysAreValues() {
    return true;
  }
}
