package io.tidemark.api;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Longs as eight bytes, the highest first. */
public final class LongSerde implements Serde<Long> {

  @Override
  public byte @Nullable [] toBytes(@Nullable Long object) {
    return object == null ? null : ByteBuffer.allocate(8).putLong(object).array();
  }

  @Override
  public @Nullable Long fromBytes(byte @Nullable [] bytes) {
    return bytes == null ? null : FixedLength.of(bytes, 8, "a long").getLong();
  }

  @Override
  public boolean keysAreValues() {
    return true;
  }
}
