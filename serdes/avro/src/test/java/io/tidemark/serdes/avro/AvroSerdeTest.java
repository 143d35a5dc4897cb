package io.tidemark.serdes.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.BytesBuilder;
import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.JsonText;
import io.tidemark.api.Serde;
import io.tidemark.api.SerializationException;
import io.tidemark.config.Serdes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AvroSerdeTest {
  private static final String FIRST =
      """
      {"type": "record", "name": "Order", "namespace": "com.acme", "fields": [
        {"name": "id", "type": "int"}]}
      """;
  private static final String SECOND =
      """
      {"type": "record", "name": "Order", "namespace": "com.acme", "fields": [
        {"name": "note", "type": ["null", "string"], "default": null},
        {"name": "id", "type": "long"}]}
      """;

  @TempDir Path directory;

  @Test
  void the_bytes_are_those_of_avros_own_single_object_encoding() throws IOException {
    Serde<GenericRecord> serde = create("schema", SECOND);
    Schema schema = new Schema.Parser().parse(SECOND);
    GenericRecord order = new GenericRecordBuilder(schema).set("id", 7L).build();

    ByteBuffer theirs =
        new BinaryMessageEncoder<GenericRecord>(GenericData.get(), schema).encode(order);
    assertThat(ByteBuffer.wrap(serde.toBytes(order))).isEqualTo(theirs);
    assertThat(
            new BinaryMessageDecoder<GenericRecord>(GenericData.get(), schema)
                .decode(serde.toBytes(order)))
        .isEqualTo(order);
  }

  @Test
  void what_an_older_version_wrote_is_read_as_the_current_one() throws IOException {
    Serde<GenericRecord> first = create("schema", FIRST);
    Schema firstSchema = new Schema.Parser().parse(FIRST);
    byte[] old = first.toBytes(new GenericRecordBuilder(firstSchema).set("id", 7).build());
    Path file = Files.writeString(directory.resolve("first.avsc"), FIRST);

    Serde<GenericRecord> second = create("schema", SECOND, "schema.older.files", file.toString());
    GenericRecord read = second.fromBytes(old);
    assertThat(read.get("id")).isEqualTo(7L);
    assertThat(read.get("note")).isNull();
    assertThat(second.reads(first.schema())).isTrue();
    assertThat(first.reads(second.schema())).isFalse();
    assertThat(first.schema()).startsWith("avro/com.acme.Order/").isNotEqualTo(second.schema());
  }

  @Test
  void a_version_that_is_not_at_hand_is_named() {
    byte[] old =
        create("schema", FIRST)
            .toBytes(
                new GenericRecordBuilder(new Schema.Parser().parse(FIRST)).set("id", 7).build());
    assertThatThrownBy(() -> create("schema", SECOND).fromBytes(old))
        .isInstanceOf(SerializationException.class)
        .hasMessageMatching("TM-4501: .*com.acme.Order, of fingerprint [0-9a-f]{16}, that is.*");
    assertThat(create("schema", SECOND).reads(create("schema", FIRST).schema())).isFalse();
  }

  @Test
  void an_older_version_that_cannot_be_read_is_a_problem_of_the_configuration() throws IOException {
    Path file = Files.writeString(directory.resolve("second.avsc"), SECOND);
    assertThatThrownBy(() -> create("schema", FIRST, "schema.older.files", file.toString()))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-1021: serializers.registry.<serde>.schema.older.files: ");
  }

  @Test
  void a_record_of_another_version_is_refused_when_it_is_written() {
    GenericRecord order =
        new GenericRecordBuilder(new Schema.Parser().parse(FIRST)).set("id", 7).build();
    assertThatThrownBy(() -> create("schema", SECOND).toBytes(order))
        .isInstanceOf(SerializationException.class)
        .hasMessageStartingWith("TM-4502: a record of the Avro schema ");
  }

  @Test
  void what_cannot_be_written_is_refused() {
    for (Object wrong : new Object[] {"text", 7, new Object()}) {
      assertThatThrownBy(() -> this.<Object>create("schema", FIRST).toBytes(wrong))
          .isInstanceOf(SerializationException.class)
          .hasMessageStartingWith("TM-4502: a " + wrong.getClass().getName());
    }
  }

  @Test
  void a_schema_that_cannot_be_had_is_a_problem_of_the_configuration() {
    assertThatThrownBy(() -> create("x", "y"))
        .hasMessageStartingWith("TM-1021: an Avro serde needs");
    assertThatThrownBy(() -> create("schema", "{\"type\":\"strin\"}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(
            "TM-1021: serializers.registry.<serde>.schema: this is not a schema");
    assertThatThrownBy(() -> create("schema.file", "no/such.avsc"))
        .hasMessageStartingWith("TM-1021: serializers.registry.<serde>.schema.file=no/such.avsc: ");
    assertThatThrownBy(() -> create("type", "com.acme.NoSuchClass"))
        .hasMessageStartingWith("TM-1003: serializers.registry.<serde>.type=com.acme.NoSuchClass");
  }

  @Test
  void the_serde_is_installed_under_its_name() {
    Config config =
        Config.of(
            Map.of(
                "serializers.registry.order.class",
                "avro",
                "serializers.registry.order.schema",
                FIRST));
    assertThat(new Serdes(config).create("a.key", "order")).isInstanceOf(AvroSerde.class);
  }

  @Test
  void objects_are_shown_in_avros_json() {
    Serde<GenericRecord> serde = create("schema", SECOND);
    @SuppressWarnings("unchecked")
    JsonText<GenericRecord> text = (JsonText<GenericRecord>) serde;
    GenericRecord order = text.fromJson("{\"note\": {\"string\": \"x\"}, \"id\": 7}");
    assertThat(order.get("note")).hasToString("x");
    assertThat(text.toJson(order)).isEqualTo("{\"note\":{\"string\":\"x\"},\"id\":7}");
    for (String wrong :
        new String[] {"", "null", "{}", "{\"id\":7}", "{} {}", "[", "{\"note\":1}"}) {
      assertThatThrownBy(() -> text.fromJson(wrong))
          .as(wrong)
          .isInstanceOf(SerializationException.class)
          .hasMessageStartingWith("TM-4503: ");
    }
  }

  @Test
  void an_array_of_nothings_is_limited_however_large_it_says_it_is() {
    Serde<Object> serde =
        create(
            "schema",
            """
            {"type": "array", "items": {"type": "array", "items": "null"}}
            """);
    byte[] empty = serde.toBytes(java.util.List.of());
    byte[] header = Arrays.copyOf(empty, empty.length - 1);
    for (long count : new long[] {1_000_100, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE}) {
      BytesBuilder bytes = new BytesBuilder().putBytes(header);
      number(bytes, count);
      assertThatThrownBy(() -> serde.fromBytes(bytes.toBytes()))
          .isInstanceOf(SerializationException.class)
          .hasMessageStartingWith("TM-4501: ");
    }
    BytesBuilder many = new BytesBuilder().putBytes(header);
    number(many, 1000);
    for (int i = 0; i < 1000; i++) {
      number(many, 500_000);
      number(many, 0);
    }
    number(many, 0);
    assertThatThrownBy(() -> serde.fromBytes(many.toBytes()))
        .hasMessageContaining("items are more than the bytes can have");
  }

  @Test
  void endless_recursion_is_refused() {
    Serde<Object> serde =
        create(
            "schema",
            """
            {"type": "record", "name": "Node", "fields": [{"name": "next", "type": ["null", "Node"]}]}
            """);
    Schema node =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Node", "fields": [{"name": "next", "type": ["null", "Node"]}]}
                """);
    byte[] one = serde.toBytes(new GenericData.Record(node));
    byte[] deep = Arrays.copyOf(one, 3_000_000);
    Arrays.fill(deep, one.length - 1, deep.length, (byte) 2);
    assertThatThrownBy(() -> serde.fromBytes(deep))
        .isInstanceOf(SerializationException.class)
        .hasMessageStartingWith("TM-4501: ");
  }

  private static void number(BytesBuilder to, long value) {
    long rest = value << 1 ^ value >> 63;
    for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
      to.putByte((int) (rest & 0x7f | 0x80));
    }
    to.putByte((int) rest);
  }

  @SuppressWarnings("unchecked")
  private <T> Serde<T> create(String... keysAndValues) {
    Map<String, String> entries =
        keysAndValues.length == 2
            ? Map.of(keysAndValues[0], keysAndValues[1])
            : Map.of(keysAndValues[0], keysAndValues[1], keysAndValues[2], keysAndValues[3]);
    return (Serde<T>) new AvroSerdeFactory().create(Config.of(entries));
  }
}
