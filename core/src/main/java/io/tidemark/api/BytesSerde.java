package io.tidemark.api;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Bytes as they are, in order as unsigned bytes. The array is not copied: do not change it
 * afterwards. In JSON, a string in Base64.
 */
public final class BytesSerde implements Serde<byte[]>, JsonText<byte[]> {

  @Override
  public byte @Nullable [] toBytes(byte @Nullable [] object) {
    return object;
  }

  @Override
  public byte @Nullable [] fromBytes(byte @Nullable [] bytes) {
    return bytes;
  }

  @Override
  public String toJson(byte[] object) {
    return Json.quote(Base64.getEncoder().encodeToString(object));
  }

  @Override
  public byte[] fromJson(String json) {
    try {
      return Base64.getDecoder().decode(Json.string(json));
    } catch (IllegalArgumentException e) {
      throw Json.wrong(json, "bytes as a string in Base64 (" + e.getMessage() + ")");
    }
  }

  @Override
  public String schema() {
    return "bytes";
  }
}
