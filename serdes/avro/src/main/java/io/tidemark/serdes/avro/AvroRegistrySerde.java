package io.tidemark.serdes.avro;

import io.tidemark.api.JsonText;
import io.tidemark.api.Serde;
import io.tidemark.api.SerializationException;
import io.tidemark.serdes.registry.RegisteredSchema;
import io.tidemark.serdes.registry.SchemaKind;
import io.tidemark.serdes.registry.SchemaRegistry;
import io.tidemark.serdes.registry.SubjectSchema;
import io.tidemark.serdes.registry.WireFormat;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericContainer;
import org.jspecify.annotations.Nullable;

/**
 * Objects in Avro's binary encoding after the id of their schema in a schema registry, as
 * Confluent's serializers write them.
 *
 * <p>With a schema of its own, the serde writes with that and resolves what it reads to it. Without
 * one, each generic record is written with its own schema, and read with the one it was written
 * with. Equal objects have equal bytes. Confined to one thread.
 */
public final class AvroRegistrySerde<T> implements Serde<T>, JsonText<T> {
  private static final String SCHEMA = "avro-registry";

  private final @Nullable AvroType own;
  private final Function<Schema, AvroType> types;
  private final SchemaRegistry registry;
  private final SubjectSchema subject;
  private final Map<Integer, Schema> byId = new HashMap<>();
  private final Map<Schema, AvroType> bySchema = new HashMap<>();
  private final Map<Schema, byte[]> headers = new HashMap<>();

  AvroRegistrySerde(AvroSettings settings, SchemaRegistry registry, SubjectSchema subject) {
    this.own = settings.schema() == null ? null : settings.type(settings.schema());
    this.types = settings::type;
    this.registry = registry;
    this.subject = subject;
  }

  @Override
  public byte @Nullable [] toBytes(@Nullable T object) {
    if (object == null) {
      return null;
    }
    AvroType type = typeOf(object);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(headers.computeIfAbsent(type.schema(), this::header));
    type.write(object, bytes);
    return bytes.toByteArray();
  }

  private byte[] header(Schema schema) {
    return WireFormat.header(subject.id(new RegisteredSchema(SchemaKind.AVRO, schema.toString())));
  }

  @Override
  @SuppressWarnings("unchecked") // the form of the type decides what comes
  public @Nullable T fromBytes(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    ByteBuffer from = ByteBuffer.wrap(bytes);
    int id = WireFormat.readId(from);
    Schema written = byId.get(id);
    if (written == null) {
      written = parse(id, WireFormat.schema(registry, id, SchemaKind.AVRO));
      byId.put(id, written);
    }
    AvroType type = own == null ? bySchema.computeIfAbsent(written, types) : own;
    return (T) type.read(from, written);
  }

  /** A schema of the registry, after those that it refers to. */
  private Schema parse(int id, RegisteredSchema schema) {
    Schema.Parser parser = new Schema.Parser();
    try {
      for (RegisteredSchema referred : registry.referred(schema)) {
        parser.parse(referred.text());
      }
      return parser.parse(schema.text());
    } catch (AvroRuntimeException e) {
      throw SerializationException.unreadable(
          "the schema of id " + id + " of " + registry + " is not a schema of Avro: " + e, e);
    }
  }

  private AvroType typeOf(Object object) {
    if (own != null) {
      return own;
    }
    if (object instanceof GenericContainer container) {
      return bySchema.computeIfAbsent(container.getSchema(), types);
    }
    throw SerializationException.unwritable(
        "a "
            + object.getClass().getName()
            + " does not have a schema of its own, as generic records do; set"
            + " serializers.registry.<serde>.schema.file or type");
  }

  @Override
  public String toJson(T object) {
    return typeOf(object).toJson(object);
  }

  @Override
  @SuppressWarnings("unchecked") // the form of the type decides what comes
  public T fromJson(String json) {
    if (own == null) {
      throw SerializationException.wrongJson(
          "JSON does not say of which Avro schema it is; set"
              + " serializers.registry.<serde>.schema.file or type");
    }
    return (T) own.fromJson(json);
  }

  /** {@code avro-registry/}, the schema's full name, and its fingerprint. */
  @Override
  public String schema() {
    return own == null
        ? SCHEMA
        : String.format(
            "%s%016x", versionsOf(own), SchemaNormalization.parsingFingerprint64(own.schema()));
  }

  /** What any version of the schema has written: the registry has them all. */
  @Override
  public boolean reads(String schema) {
    return schema.startsWith(own == null ? SCHEMA : versionsOf(own));
  }

  private static String versionsOf(AvroType type) {
    return SCHEMA + "/" + type.schema().getFullName() + "/";
  }
}
