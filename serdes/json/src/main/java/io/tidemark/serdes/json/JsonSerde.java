package io.tidemark.serdes.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.TypeFactory;
import io.tidemark.api.Serde;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Objects as JSON in UTF-8: records, classes that Jackson can map, maps, lists, {@code JsonNode}.
 *
 * <p>Properties that the class does not have are ignored, so that a producer may add some.
 * Properties and the keys of maps are written in an order of their own, so that equal objects have
 * equal bytes and may be keys. Jackson's modules on the classpath, such as that for {@code
 * java.time}, are used. Any thread may call it.
 */
public class JsonSerde<T> implements Serde<T> {
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
      throw new IllegalArgumentException(
          "cannot write " + object.getClass().getName() + " as JSON: " + e.getOriginalMessage(), e);
    }
  }

  @Override
  public @Nullable T fromBytes(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    try {
      return reader.readValue(bytes);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "not JSON of " + type.toCanonical() + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("not JSON of " + type.toCanonical() + ": " + e, e);
    }
  }
}
