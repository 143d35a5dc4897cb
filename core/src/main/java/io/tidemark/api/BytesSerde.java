package io.tidemark.api;

import org.jspecify.annotations.Nullable;

/** Bytes as they are. The array is not copied: do not change it afterwards. */
public final class BytesSerde implements Serde<byte[]> {

  @Override
  public byte @Nullable [] toBytes(byte @Nullable [] object) {
    return object;
  }

  @Override
  public byte @Nullable [] fromBytes(byte @Nullable [] bytes) {
    return bytes;
  }
}
