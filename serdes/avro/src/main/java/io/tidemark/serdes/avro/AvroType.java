package io.tidemark.serdes.avro;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tidemark.api.SerializationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.io.JsonEncoder;
import org.jspecify.annotations.Nullable;

/**
 * Objects of one Avro schema in one form: writes them, and reads what was written with this schema
 * or another one that resolves to it. Confined to one thread.
 */
final class AvroType {
  private static final ObjectReader ONE_VALUE =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build().reader();

  private final Schema schema;
  private final AvroForm form;
  private final GenericData model;
  private final DatumWriter<Object> writer;
  private final Map<Schema, DatumReader<Object>> readers = new HashMap<>();
  private @Nullable BinaryEncoder encoder;

  AvroType(Schema schema, AvroForm form, ClassLoader classes) {
    this.schema = schema;
    this.form = form;
    this.model = form.model(classes);
    this.writer = form.writer(schema, model);
  }

  Schema schema() {
    return schema;
  }

  /** Appends an object in Avro's binary encoding. */
  void write(Object object, ByteArrayOutputStream to) {
    requireThisSchema(object);
    try {
      encoder = EncoderFactory.get().directBinaryEncoder(to, encoder);
      writer.write(object, encoder);
      encoder.flush();
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw unwritable(object, e);
    }
  }

  /**
   * Reads an object in Avro's binary encoding.
   *
   * @param from what begins with the object, and must end with it
   * @param written the schema that it was written with
   */
  Object read(ByteBuffer from, Schema written) {
    Object object;
    try {
      object = reader(written).read(null, new BoundedDecoder(from));
    } catch (IOException | RuntimeException | StackOverflowError e) {
      // Deep recursion of a recursive schema is the only thing that overflows the stack here.
      throw SerializationException.unreadable(
          "the bytes are not Avro of " + written.getFullName() + ": " + e, e);
    }
    if (from.hasRemaining()) {
      throw SerializationException.unreadable(
          from.remaining() + " bytes are too many for Avro of " + written.getFullName());
    }
    if (object == null) {
      throw SerializationException.unreadable("the bytes are Avro's null, which is no object");
    }
    return object;
  }

  private DatumReader<Object> reader(Schema written) {
    return readers.computeIfAbsent(written, key -> form.reader(key, schema, model));
  }

  /** In Avro's JSON encoding, where a union's value says its type. */
  String toJson(Object object) {
    requireThisSchema(object);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      JsonEncoder json = EncoderFactory.get().jsonEncoder(schema, text);
      writer.write(object, json);
      json.flush();
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw unwritable(object, e);
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  Object fromJson(String json) {
    try {
      String oneValue = ONE_VALUE.readTree(json).toString();
      Object object = reader(schema).read(null, DecoderFactory.get().jsonDecoder(schema, oneValue));
      if (object != null) {
        return object;
      }
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw SerializationException.wrongJson(
          "not JSON of the Avro schema " + schema.getFullName() + ": " + e.getMessage(), e);
    }
    throw SerializationException.wrongJson("null is no object of " + schema.getFullName());
  }

  /** A record of another version of the schema would be written field by field at wrong places. */
  private void requireThisSchema(Object object) {
    if (object instanceof IndexedRecord record
        && record.getSchema() != schema
        && !record.getSchema().equals(schema)) {
      throw SerializationException.unwritable(
          "a record of the Avro schema "
              + record.getSchema()
              + " cannot be written with the schema "
              + schema);
    }
  }

  private SerializationException unwritable(Object object, Throwable cause) {
    return SerializationException.unwritable(
        "a "
            + object.getClass().getName()
            + " cannot be written with the Avro schema "
            + schema.getFullName()
            + ": "
            + cause.getMessage(),
        cause);
  }
}
