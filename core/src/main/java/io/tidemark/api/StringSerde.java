package io.tidemark.api;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Strings as UTF-8. One that UTF-8 cannot express, with half of a surrogate pair, is refused: it
 * would be read as another string.
 */
public final class StringSerde implements Serde<String> {

  @Override
  public byte @Nullable [] toBytes(@Nullable String object) {
    if (object == null) {
      return null;
    }
    byte[] bytes = object.getBytes(StandardCharsets.UTF_8);
    for (byte b : bytes) {
      if (b == '?') { // what stands for half a pair, and for itself
        requireWholePairs(object);
        break;
      }
    }
    return bytes;
  }

  @Override
  public @Nullable String fromBytes(byte @Nullable [] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public boolean keysAreValues() {
    return true;
  }

  private static void requireWholePairs(String string) {
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < string.length()
          && Character.isLowSurrogate(string.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw new IllegalArgumentException(
            "the string has half of a surrogate pair at index "
                + i
                + ", which UTF-8 cannot express");
      }
    }
  }
}
