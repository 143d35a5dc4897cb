package io.tidemark.api;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** UUIDs as sixteen bytes, the highest first. */
public final class UUIDSerde implements Serde<UUID> {

  @Override
  public byte @Nullable [] toBytes(@Nullable UUID object) {
    return object == null
        ? null
        : ByteBuffer.allocate(16)
            .putLong(object.getMostSignificantBits())
            .putLong(object.getLeastSignificantBits())
            .array();
  }

  @Override
  public @Nullable UUID fromBytes(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    ByteBuffer buffer = FixedLength.of(bytes, 16, "a UUID");
    return new UUID(buffer.getLong(), buffer.getLong());
  }

  @Override
  public boolean keysAreValues() {
    return true;
  }
}
