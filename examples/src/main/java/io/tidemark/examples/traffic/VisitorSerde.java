package io.tidemark.examples.traffic;

import io.tidemark.api.Serde;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a visitor in about 15 bytes instead of 48: small numbers take few bytes, and the last time
 * is written as its distance from the first.
 *
 * <pre>
 * byte    version, 1
 * varint  requests
 * varint  bytes
 * varint  errors
 * varint  sessions
 * varint  first seen
 * varint  last seen - first seen
 * </pre>
 */
public final class VisitorSerde implements Serde<Visitor> {
  private static final byte VERSION = 1;

  private final ByteBuffer buffer = ByteBuffer.allocate(1 + 6 * Varint.LONGEST);

  @Override
  public byte @Nullable [] toBytes(@Nullable Visitor visitor) {
    if (visitor == null) {
      return null;
    }
    buffer.clear().put(VERSION);
    Varint.put(buffer, visitor.requests());
    Varint.put(buffer, visitor.bytes());
    Varint.put(buffer, visitor.errors());
    Varint.put(buffer, visitor.sessions());
    Varint.put(buffer, visitor.firstSeen());
    Varint.put(buffer, visitor.lastSeen() - visitor.firstSeen());
    return Varint.written(buffer);
  }

  @Override
  public @Nullable Visitor fromBytes(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    ByteBuffer source = Varint.versioned(bytes, VERSION, "a visitor");
    long requests = Varint.get(source);
    long sent = Varint.get(source);
    long errors = Varint.get(source);
    long sessions = Varint.get(source);
    long firstSeen = Varint.get(source);
    long lastSeen = firstSeen + Varint.get(source);
    Varint.expectEnd(source);
    return new Visitor(requests, sent, errors, sessions, firstSeen, lastSeen);
  }
}
