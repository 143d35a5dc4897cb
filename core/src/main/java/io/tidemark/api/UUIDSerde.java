package io.tidemark.api;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * UUIDs as sixteen bytes, the highest first. They are in order as unsigned numbers of 128 bits,
 * which is that of their text, and not that of {@link UUID#compareTo}, which compares signed.
 */
public final class UUIDSerde implements OrderedSerde<UUID>, JsonText<UUID> {

  @Override
  public void write(UUID object, BytesBuilder to) {
    to.putLong(object.getMostSignificantBits()).putLong(object.getLeastSignificantBits());
  }

  @Override
  public UUID read(ByteBuffer from) {
    return new UUID(from.getLong(), from.getLong());
  }

  @Override
  public String toJson(UUID object) {
    return Json.quote(object.toString());
  }

  @Override
  public UUID fromJson(String json) {
    String text = Json.string(json);
    try {
      UUID uuid = UUID.fromString(text);
      if (uuid.toString().equalsIgnoreCase(text)) { // fromString takes shorter forms too
        return uuid;
      }
    } catch (IllegalArgumentException e) {
      // the message below says it
    }
    throw Json.wrong(json, "a UUID, such as \"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\"");
  }

  @Override
  public boolean keysAreValues() {
    return true;
  }

  @Override
  public String schema() {
    return "uuid";
  }
}
