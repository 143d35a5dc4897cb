package io.tidemark.serdes.avro;

import io.tidemark.api.JsonText;
import io.tidemark.api.Serde;
import io.tidemark.api.SerializationException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.Nullable;

/**
 * Objects in Avro's single-object encoding, without a registry: {@code C3 01}, the fingerprint of
 * the schema (CRC-64-AVRO, eight bytes, the lowest first), the object in Avro's binary encoding.
 *
 * <p>So each object says with which version of the schema it was written. Those of the versions
 * that the serde is given can be read, and are resolved to the current one. Equal objects have
 * equal bytes. Confined to one thread.
 */
public final class AvroSerde<T> implements Serde<T>, JsonText<T> {
  private static final short MARKER = (short) 0xc301;
  private static final int HEADER_BYTES = 10;

  private final AvroType type;
  private final long fingerprint;
  private final Map<Long, Schema> known = new HashMap<>();

  AvroSerde(AvroType type, List<Schema> older) {
    this.type = type;
    this.fingerprint = SchemaNormalization.parsingFingerprint64(type.schema());
    older.forEach(schema -> known.put(SchemaNormalization.parsingFingerprint64(schema), schema));
    known.put(fingerprint, type.schema());
  }

  @Override
  public byte @Nullable [] toBytes(@Nullable T object) {
    if (object == null) {
      return null;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(
        ByteBuffer.allocate(HEADER_BYTES)
            .putShort(MARKER)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(fingerprint)
            .array());
    type.write(object, bytes);
    return bytes.toByteArray();
  }

  @Override
  @SuppressWarnings("unchecked") // the form of the type decides what comes
  public @Nullable T fromBytes(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    ByteBuffer from = ByteBuffer.wrap(bytes);
    if (bytes.length < HEADER_BYTES || from.getShort() != MARKER) {
      throw SerializationException.unreadable(
          "the bytes are not in Avro's single-object encoding, which begins with c301 and a"
              + " fingerprint; the serde avro-registry reads what Confluent's serializers write");
    }
    long written = from.order(ByteOrder.LITTLE_ENDIAN).getLong();
    Schema schema = known.get(written);
    if (schema == null) {
      throw SerializationException.unreadable(
          String.format(
              "the object was written with a version of %s, of fingerprint %016x, that is not at"
                  + " hand; add its file to serializers.registry.<serde>.schema.older.files",
              type.schema().getFullName(), written));
    }
    return (T) type.read(from, schema);
  }

  @Override
  public String toJson(T object) {
    return type.toJson(object);
  }

  @Override
  @SuppressWarnings("unchecked") // the form of the type decides what comes
  public T fromJson(String json) {
    return (T) type.fromJson(json);
  }

  /** {@code avro/}, the schema's full name, and its fingerprint. */
  @Override
  public String schema() {
    return schema(fingerprint);
  }

  /** What the versions write that the serde has been given. */
  @Override
  public boolean reads(String schema) {
    return known.keySet().stream().anyMatch(version -> schema.equals(schema(version)));
  }

  private String schema(long version) {
    Schema schema = known.getOrDefault(version, type.schema());
    return String.format("avro/%s/%016x", schema.getFullName(), version);
  }
}
