package io.tidemark.api;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Strings as UTF-8, in the order of their Unicode code points. (That of {@link String#compareTo}
 * differs where there are surrogate pairs.)
 *
 * <p>A string that UTF-8 cannot express, with half of a surrogate pair, is refused: it would be
 * read as another string. Bytes that are not UTF-8, which others may have written, are read with
 * U+FFFD in place of what is malformed, as Kafka's own deserializer does.
 *
 * <p>Within a {@link Tuple} a string is followed by {@code 00 00}, and a character U+0000 in it is
 * written as {@code 00 FF}. Nobody else writes that, so malformed bytes are refused there.
 */
public final class StringSerde implements OrderedSerde<String>, JsonText<String> {
  private static final int ESCAPED = 0xff;

  @Override
  public byte @Nullable [] toBytes(@Nullable String object) {
    return object == null ? null : encode(object);
  }

  @Override
  public @Nullable String fromBytes(byte @Nullable [] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void write(String object, BytesBuilder to) {
    byte[] bytes = encode(object);
    if (object.indexOf('\0') < 0) {
      to.putBytes(bytes);
    } else {
      for (byte b : bytes) {
        to.putByte(b);
        if (b == 0) {
          to.putByte(ESCAPED);
        }
      }
    }
    to.putByte(0).putByte(0);
  }

  @Override
  public String read(ByteBuffer from) {
    byte[] unescaped = new byte[from.remaining()];
    int length = 0;
    while (true) {
      byte b = from.get();
      if (b == 0) {
        int next = from.get() & 0xff;
        if (next == 0) {
          return decode(unescaped, length);
        } else if (next != ESCAPED) {
          throw SerializationException.unreadable("a string in a tuple has the byte 0 unescaped");
        }
      }
      unescaped[length++] = b;
    }
  }

  @Override
  public String toJson(String object) {
    return Json.quote(object);
  }

  @Override
  public String fromJson(String json) {
    return Json.string(json);
  }

  @Override
  public boolean keysAreValues() {
    return true;
  }

  @Override
  public String schema() {
    return "string";
  }

  private static byte[] encode(String object) {
    byte[] bytes = object.getBytes(StandardCharsets.UTF_8);
    for (byte b : bytes) {
      if (b == '?') { // what stands for half a pair, and for itself
        requireWholePairs(object);
        break;
      }
    }
    return bytes;
  }

  private static String decode(byte[] bytes, int length) {
    String string = new String(bytes, 0, length, StandardCharsets.UTF_8);
    if (string.indexOf('\ufffd') >= 0) { // what stands for malformed bytes, and for itself
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length));
      } catch (CharacterCodingException e) {
        throw SerializationException.unreadable("the bytes are not UTF-8", e);
      }
    }
    return string;
  }

  private static void requireWholePairs(String string) {
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < string.length()
          && Character.isLowSurrogate(string.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw SerializationException.unwritable(
            "the string has half of a surrogate pair at index "
                + i
                + ", which UTF-8 cannot express");
      }
    }
  }
}
