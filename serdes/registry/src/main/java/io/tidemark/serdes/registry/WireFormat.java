package io.tidemark.serdes.registry;

import io.tidemark.api.SerializationException;
import java.nio.ByteBuffer;

/**
 * How a record names its schema: a byte 0, and the schema's id as four bytes, the highest first.
 * What follows is for the serde.
 */
public final class WireFormat {
  /** How many bytes there are before what is for the serde. */
  public static final int HEADER_BYTES = 5;

  private static final byte MAGIC = 0;

  private WireFormat() {}

  /** The bytes that name a schema. */
  public static byte[] header(int id) {
    return ByteBuffer.allocate(HEADER_BYTES).put(MAGIC).putInt(id).array();
  }

  /**
   * The id of the schema that a record names; the buffer's position is behind it.
   *
   * @throws SerializationException (TM-4501) if it names none
   */
  public static int readId(ByteBuffer from) {
    if (from.remaining() < HEADER_BYTES || from.get() != MAGIC) {
      throw SerializationException.unreadable(
          "the bytes do not begin with 0 and the id of a schema, as with a schema registry; are they"
              + " of another serde?");
    }
    return from.getInt();
  }

  /**
   * The schema that a record names.
   *
   * @throws SerializationException (TM-4501) if the registry has none of that id, or of another
   *     kind
   */
  public static RegisteredSchema schema(SchemaRegistry registry, int id, SchemaKind kind) {
    RegisteredSchema schema =
        registry
            .byId(id)
            .orElseThrow(
                () ->
                    SerializationException.unreadable(
                        registry + " has no schema of id " + id + "; is it the right registry?"));
    if (schema.kind() != kind) {
      throw SerializationException.unreadable(
          "the schema of id " + id + " is of " + schema.kind() + " and not of " + kind);
    }
    return schema;
  }
}
