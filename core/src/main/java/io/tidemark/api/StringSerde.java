package io.tidemark.api;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Strings as UTF-8. */
public final class StringSerde implements Serde<String> {

  @Override
  public byte @Nullable [] toBytes(@Nullable String object) {
    return object == null ? null : object.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public @Nullable String fromBytes(byte @Nullable [] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public boolean keysAreValues() {
    return true;
  }
}
