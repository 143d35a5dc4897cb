package io.tidemark.serdes.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.TypeFactory;
import io.tidemark.api.JsonText;
import io.tidemark.api.Serde;
import io.tidemark.api.SerializationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Objects as JSON in UTF-8: records, classes that Jackson can map, maps, lists, {@code JsonNode}.
 *
 * <p>Properties that the class does not have are ignored, so that a producer may add some.
 * Properties and the keys of maps are written in an order of their own, so that equal objects have
 * equal bytes and may be keys. Jackson's modules on the classpath, such as that for {@code
 * java.time}, are used. Any thread may call it.
 */
public class JsonSerde<T> implements Serde<T>, JsonText<T> {
  private static final String SCHEMA = "json/";

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .findAndAddModules()
          .build();

  private final JavaType type;
  private final ObjectReader reader;
  private final ObjectWriter writer;

  /**
   * A serde for objects of one class.
   *
   * @throws IllegalArgumentException if Jackson cannot map it
   */
  public JsonSerde(Class<T> type) {
    this(TypeFactory.defaultInstance().constructType(type));
  }

  private JsonSerde(JavaType type) {
    this.type = type;
    this.reader = MAPPER.readerFor(type);
    this.writer = type.isJavaLangObject() ? MAPPER.writer() : MAPPER.writerFor(type);
  }

  /** A serde for whatever there is: maps, lists, strings, numbers, booleans. */
  public static JsonSerde<Object> untyped() {
    return new JsonSerde<>(Object.class);
  }

  @Override
  public byte @Nullable [] toBytes(@Nullable T object) {
    if (object == null) {
      return null;
    }
    try {
      return writer.writeValueAsBytes(object);
    } catch (JsonProcessingException e) {
      throw unwritable(object, e);
    }
  }

  @Override
  public @Nullable T fromBytes(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    try {
      checkUtf8(bytes);
      return reader.readValue(bytes);
    } catch (JsonProcessingException e) {
      throw SerializationException.unreadable(notJson(e.getOriginalMessage()), e);
    } catch (CharacterCodingException e) {
      throw SerializationException.unreadable(notJson("it is not UTF-8"), e);
    } catch (IOException e) {
      throw SerializationException.unreadable(notJson(e.toString()), e);
    }
  }

  /**
   * Jackson takes some bytes for halves of characters, which it would write but not read again.
   *
   * @throws CharacterCodingException if they are not UTF-8
   */
  private static void checkUtf8(byte[] bytes) throws CharacterCodingException {
    for (byte each : bytes) {
      if (each < 0) {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        return;
      }
    }
  }

  @Override
  public String toJson(T object) {
    try {
      return writer.writeValueAsString(object);
    } catch (JsonProcessingException e) {
      throw unwritable(object, e);
    }
  }

  @Override
  public T fromJson(String json) {
    T object;
    try {
      object = reader.readValue(json);
    } catch (JsonProcessingException e) {
      throw SerializationException.wrongJson(notJson(e.getOriginalMessage()), e);
    }
    if (object == null) {
      throw SerializationException.wrongJson(notJson("null is no object"));
    }
    return object;
  }

  /** The class that objects have. */
  @Override
  public String schema() {
    return SCHEMA + type.toCanonical();
  }

  /** JSON of any class can be read without one: as maps and lists, or as {@code JsonNode}. */
  @Override
  public boolean reads(String schema) {
    boolean takesAll = type.isJavaLangObject() || type.hasRawClass(JsonNode.class);
    return schema.equals(schema()) || (takesAll && schema.startsWith(SCHEMA));
  }

  private static SerializationException unwritable(Object object, JsonProcessingException e) {
    return SerializationException.unwritable(
        "cannot write " + object.getClass().getName() + " as JSON: " + e.getOriginalMessage(), e);
  }

  private String notJson(String reason) {
    return "not JSON of " + type.toCanonical() + ": " + reason;
  }
}
