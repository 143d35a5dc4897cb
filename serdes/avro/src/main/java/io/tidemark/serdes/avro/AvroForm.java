package io.tidemark.serdes.avro;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.reflect.ReflectData;
import org.apache.avro.reflect.ReflectDatumReader;
import org.apache.avro.reflect.ReflectDatumWriter;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * In which form Java has Avro's objects. The writers write the entries of maps in the order of
 * their keys, so that equal objects have equal bytes.
 */
enum AvroForm {
  /** As {@code GenericRecord}s, strings, numbers. */
  GENERIC {
    @Override
    GenericData model(ClassLoader classes) {
      return new GenericData(classes);
    }

    @Override
    DatumReader<Object> reader(Schema writer, Schema reader, GenericData model) {
      return new GenericDatumReader<>(writer, reader, model);
    }

    @Override
    DatumWriter<Object> writer(Schema schema, GenericData model) {
      return new GenericDatumWriter<>(schema, model) {
        @Override
        protected Iterable<Map.Entry<Object, Object>> getMapEntries(Object map) {
          return inOrder(map);
        }
      };
    }
  },

  /** As objects of classes that Avro has generated. */
  SPECIFIC {
    @Override
    GenericData model(ClassLoader classes) {
      SpecificData model = new SpecificData(classes);
      model.setCustomCoders(false); // they neither order maps nor mind lengths
      return model;
    }

    @Override
    DatumReader<Object> reader(Schema writer, Schema reader, GenericData model) {
      return new SpecificDatumReader<>(writer, reader, (SpecificData) model);
    }

    @Override
    DatumWriter<Object> writer(Schema schema, GenericData model) {
      return new SpecificDatumWriter<>(schema, (SpecificData) model) {
        @Override
        protected Iterable<Map.Entry<Object, Object>> getMapEntries(Object map) {
          return inOrder(map);
        }
      };
    }
  },

  /** As objects of any class, by its fields. */
  REFLECT {
    @Override
    GenericData model(ClassLoader classes) {
      return new ReflectData(classes);
    }

    @Override
    DatumReader<Object> reader(Schema writer, Schema reader, GenericData model) {
      return new ReflectDatumReader<>(writer, reader, (ReflectData) model);
    }

    @Override
    DatumWriter<Object> writer(Schema schema, GenericData model) {
      return new ReflectDatumWriter<>(schema, (ReflectData) model) {
        @Override
        protected Iterable<Map.Entry<Object, Object>> getMapEntries(Object map) {
          return inOrder(map);
        }
      };
    }
  };

  abstract GenericData model(ClassLoader classes);

  abstract DatumReader<Object> reader(Schema writer, Schema reader, GenericData model);

  abstract DatumWriter<Object> writer(Schema schema, GenericData model);

  @SuppressWarnings("unchecked") // Avro's writers take maps of any kind
  private static Iterable<Map.Entry<Object, Object>> inOrder(Object map) {
    List<Map.Entry<Object, Object>> entries =
        new ArrayList<>(((Map<Object, Object>) map).entrySet());
    entries.sort(Comparator.comparing(entry -> entry.getKey().toString()));
    return entries;
  }
}
