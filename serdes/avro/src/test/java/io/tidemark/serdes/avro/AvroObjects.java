package io.tidemark.serdes.avro;

import io.tidemark.api.RandomValues;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;

/** Schemas, and objects of them. */
final class AvroObjects {
  /** One of everything; refers to itself. */
  static final Schema EVERYTHING =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Everything", "namespace": "com.acme", "fields": [
                {"name": "truth", "type": "boolean"},
                {"name": "number", "type": "int"},
                {"name": "big", "type": "long"},
                {"name": "small", "type": "float"},
                {"name": "wide", "type": "double"},
                {"name": "text", "type": "string"},
                {"name": "raw", "type": "bytes"},
                {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 4}},
                {"name": "suit", "type": {"type": "enum", "name": "Suit", "symbols": ["HEARTS", "SPADES"]}},
                {"name": "nothings", "type": {"type": "array", "items": "null"}},
                {"name": "counts", "type": {"type": "map", "values": "long"}},
                {"name": "next", "type": ["null", "Everything", "string"]}
              ]}
              """);

  private AvroObjects() {}

  static GenericRecord everything(Random source) {
    return everything(source, 3);
  }

  private static GenericRecord everything(Random source, int depth) {
    GenericRecord object = new GenericData.Record(EVERYTHING);
    object.put("truth", source.nextBoolean());
    object.put("number", RandomValues.intValue(source));
    object.put("big", RandomValues.longValue(source));
    object.put("small", (float) RandomValues.doubleValue(source));
    object.put("wide", RandomValues.doubleValue(source));
    object.put("text", new Utf8(RandomValues.string(source)));
    object.put("raw", ByteBuffer.wrap(RandomValues.bytes(source)));
    byte[] hash = new byte[4];
    source.nextBytes(hash);
    object.put("hash", new GenericData.Fixed(type("hash"), hash));
    object.put(
        "suit",
        new GenericData.EnumSymbol(type("suit"), source.nextBoolean() ? "HEARTS" : "SPADES"));
    List<Object> nothings = new ArrayList<>();
    for (int i = source.nextInt(4); i > 0; i--) {
      nothings.add(null);
    }
    object.put("nothings", nothings);
    Map<Utf8, Long> counts = new HashMap<>();
    for (int i = source.nextInt(4); i > 0; i--) {
      counts.put(new Utf8(RandomValues.string(source)), RandomValues.longValue(source));
    }
    object.put("counts", counts);
    object.put("next", next(source, depth));
    return object;
  }

  private static Object next(Random source, int depth) {
    return switch (source.nextInt(3)) {
      case 0 -> null;
      case 1 -> new Utf8(RandomValues.string(source));
      default -> depth > 0 ? everything(source, depth - 1) : null;
    };
  }

  private static Schema type(String field) {
    return EVERYTHING.getField(field).schema();
  }

  /** Equal, with the entries of the map in another order. */
  static GenericRecord reversed(GenericRecord object) {
    GenericRecord other = new GenericData.Record((GenericData.Record) object, false);
    @SuppressWarnings("unchecked")
    Map<Utf8, Long> counts = (Map<Utf8, Long>) Objects.requireNonNull(object.get("counts"));
    other.put("counts", reversed(counts));
    return other;
  }

  static <K, V> Map<K, V> reversed(Map<K, V> map) {
    List<Map.Entry<K, V>> entries = new ArrayList<>(map.entrySet());
    Map<K, V> reversed = new LinkedHashMap<>();
    for (int i = entries.size() - 1; i >= 0; i--) {
      reversed.put(entries.get(i).getKey(), entries.get(i).getValue());
    }
    return reversed;
  }
}
