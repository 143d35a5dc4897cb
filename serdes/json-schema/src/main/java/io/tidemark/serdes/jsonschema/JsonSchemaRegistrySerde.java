package io.tidemark.serdes.jsonschema;

import io.tidemark.api.ConfigException;
import io.tidemark.api.JsonText;
import io.tidemark.api.Serde;
import io.tidemark.api.SerializationException;
import io.tidemark.serdes.json.JsonSerde;
import io.tidemark.serdes.registry.RegisteredSchema;
import io.tidemark.serdes.registry.SchemaKind;
import io.tidemark.serdes.registry.SchemaReference;
import io.tidemark.serdes.registry.SchemaRegistry;
import io.tidemark.serdes.registry.SubjectSchema;
import io.tidemark.serdes.registry.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON after the id of its JSON Schema in a schema registry, as Confluent's serializers write it.
 *
 * <p>What is written follows the serde's schema, and what is read too, or else is refused. A serde
 * without a schema only reads, and holds each record to the schema that it names. Equal objects
 * have equal bytes. Confined to one thread.
 */
public final class JsonSchemaRegistrySerde<T> implements Serde<T>, JsonText<T> {
  private static final String SCHEMA = "json-schema-registry/";

  private final JsonSerde<T> json;
  private final @Nullable RegisteredSchema own;
  private final @Nullable Validator ownValidator;
  private final SchemaRegistry registry;
  private final SubjectSchema subject;
  private final Map<Integer, Validator> byId = new HashMap<>();
  private byte @Nullable [] header;

  /**
   * @param text the schema; null to read only
   * @throws IllegalArgumentException if it is not a schema
   */
  JsonSchemaRegistrySerde(
      JsonSerde<T> json, @Nullable String text, SchemaRegistry registry, SubjectSchema subject) {
    this.json = json;
    this.own = text == null ? null : new RegisteredSchema(SchemaKind.JSON, text);
    this.ownValidator = text == null ? null : new Validator(text, Map.of());
    this.registry = registry;
    this.subject = subject;
  }

  @Override
  public byte @Nullable [] toBytes(@Nullable T object) {
    byte[] written = json.toBytes(object);
    if (written == null) {
      return null;
    }
    if (own == null || ownValidator == null) {
      throw new ConfigException(
          "TM-1021",
          "a serde for JSON Schema needs a schema to write with; set"
              + " serializers.registry.<serde>.schema.file");
    }
    String problems = problems(ownValidator, written);
    if (!problems.isEmpty()) {
      throw SerializationException.unwritable(
          "the object does not follow the JSON Schema: " + problems);
    }
    if (header == null) {
      header = WireFormat.header(subject.id(own));
    }
    return ByteBuffer.allocate(header.length + written.length).put(header).put(written).array();
  }

  @Override
  public @Nullable T fromBytes(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    int id = WireFormat.readId(ByteBuffer.wrap(bytes));
    byte[] written = Arrays.copyOfRange(bytes, WireFormat.HEADER_BYTES, bytes.length);
    String problems = problems(ownValidator == null ? validator(id) : ownValidator, written);
    if (!problems.isEmpty()) {
      throw SerializationException.unreadable(
          "the record does not follow the JSON Schema: " + problems);
    }
    return json.fromBytes(written);
  }

  private Validator validator(int id) {
    Validator known = byId.get(id);
    if (known != null) {
      return known;
    }
    RegisteredSchema schema = WireFormat.schema(registry, id, SchemaKind.JSON);
    Map<String, String> referred = new HashMap<>();
    for (SchemaReference reference : schema.references()) {
      referred.put(reference.name(), registry.referred(reference).text());
    }
    try {
      Validator validator = new Validator(schema.text(), referred);
      byId.put(id, validator);
      return validator;
    } catch (IllegalArgumentException e) {
      throw SerializationException.unreadable(
          "the schema of id " + id + " of " + registry + " is not a JSON Schema: " + e.getMessage(),
          e);
    }
  }

  private static String problems(Validator validator, byte[] written) {
    try {
      return validator.problems(written);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      // The validator of a schema that refers to itself goes as deep as the JSON does.
      throw SerializationException.unreadable("the JSON cannot be validated: " + e, e);
    }
  }

  @Override
  public String toJson(T object) {
    return json.toJson(object);
  }

  @Override
  public T fromJson(String text) {
    return json.fromJson(text);
  }

  /** {@code json-schema-registry/} and that of the serde {@code json}. */
  @Override
  public String schema() {
    return SCHEMA + json.schema();
  }

  @Override
  public boolean reads(String schema) {
    return schema.startsWith(SCHEMA) && json.reads(schema.substring(SCHEMA.length()));
  }
}
