package io.tidemark.serdes.avro;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.config.Plugins;
import io.tidemark.serdes.registry.SchemaText;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.reflect.ReflectData;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration of an Avro serde says.
 *
 * @param form how Java has the objects
 * @param schema the schema; null if there is none, and each object is of its own
 * @param older schemas that objects may have been written with before
 */
record AvroSettings(AvroForm form, @Nullable Schema schema, List<Schema> older) {
  private static final String PREFIX = "serializers.registry.<serde>.";
  private static final String OLDER = "schema.older.files";

  /**
   * @throws ConfigException (TM-1003) if there is no such class, (TM-1021) if a schema cannot be
   *     had, or cannot take the place of an older one
   */
  static AvroSettings of(Config config) {
    String type = config.get("type");
    Class<?> javaClass = type == null ? null : Plugins.load(PREFIX + "type", type);
    Schema schema = javaClass == null ? configured(config) : ofClass(javaClass);
    List<Schema> older =
        config.getList(OLDER).stream()
            .map(file -> parse(OLDER, SchemaText.inFile(OLDER, file)))
            .toList();
    if (schema != null) {
      older.forEach(version -> requireReadable(schema, version));
    }
    return new AvroSettings(form(javaClass), schema, older);
  }

  /** The objects of the schema. */
  AvroType type(Schema ofSchema) {
    ClassLoader ofThread = Thread.currentThread().getContextClassLoader();
    return new AvroType(
        ofSchema, form, ofThread == null ? AvroSettings.class.getClassLoader() : ofThread);
  }

  private static AvroForm form(@Nullable Class<?> javaClass) {
    if (javaClass == null) {
      return AvroForm.GENERIC;
    }
    return SpecificRecord.class.isAssignableFrom(javaClass) ? AvroForm.SPECIFIC : AvroForm.REFLECT;
  }

  private static Schema ofClass(Class<?> javaClass) {
    try {
      Schema schema =
          SpecificRecord.class.isAssignableFrom(javaClass)
              ? new SpecificData(javaClass.getClassLoader()).getSchema(javaClass)
              : new ReflectData(javaClass.getClassLoader()).getSchema(javaClass);
      TrustedClasses.add(javaClass, schema);
      return schema;
    } catch (AvroRuntimeException e) {
      throw new ConfigException(
          "TM-1021",
          PREFIX
              + "type="
              + javaClass.getName()
              + ": Avro has no schema for the class: "
              + e.getMessage(),
          e);
    }
  }

  private static @Nullable Schema configured(Config config) {
    String text = SchemaText.configured(config);
    return text == null ? null : parse("schema", text);
  }

  private static Schema parse(String key, String text) {
    try {
      return new Schema.Parser().parse(text);
    } catch (AvroRuntimeException e) {
      throw new ConfigException(
          "TM-1021", PREFIX + key + ": this is not a schema of Avro: " + e.getMessage(), e);
    }
  }

  private static void requireReadable(Schema schema, Schema older) {
    var compatibility = SchemaCompatibility.checkReaderWriterCompatibility(schema, older);
    if (compatibility.getType() != SchemaCompatibilityType.COMPATIBLE) {
      throw new ConfigException(
          "TM-1021",
          PREFIX
              + OLDER
              + ": objects written with an older version of "
              + older.getFullName()
              + " cannot be read with the schema "
              + schema.getFullName()
              + ": "
              + compatibility.getResult().getIncompatibilities());
    }
  }
}
