package io.tidemark.examples.traffic;

import io.tidemark.api.Serde;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Writes a page's count: a version byte, 1, then views and bytes as {@link Varint}s. */
public final class PageCountSerde implements Serde<PageCount> {
  private static final byte VERSION = 1;

  private final ByteBuffer buffer = ByteBuffer.allocate(1 + 2 * Varint.LONGEST);

  @Override
  public byte @Nullable [] toBytes(@Nullable PageCount count) {
    if (count == null) {
      return null;
    }
    buffer.clear().put(VERSION);
    Varint.put(buffer, count.views());
    Varint.put(buffer, count.bytes());
    return Varint.written(buffer);
  }

  @Override
  public @Nullable PageCount fromBytes(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    ByteBuffer source = Varint.versioned(bytes, VERSION, "a page count");
    PageCount count = new PageCount(Varint.get(source), Varint.get(source));
    Varint.expectEnd(source);
    return count;
  }
}
