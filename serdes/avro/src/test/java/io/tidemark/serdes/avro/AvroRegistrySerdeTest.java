package io.tidemark.serdes.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Config;
import io.tidemark.api.JsonText;
import io.tidemark.api.Serde;
import io.tidemark.api.SerdeContract;
import io.tidemark.api.SerializationException;
import io.tidemark.serdes.registry.FakeRegistry;
import io.tidemark.serdes.registry.RegisteredSchema;
import io.tidemark.serdes.registry.RegistrySettings;
import io.tidemark.serdes.registry.SchemaKind;
import io.tidemark.serdes.registry.SchemaReference;
import io.tidemark.serdes.registry.SchemaRegistry;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AvroRegistrySerdeTest {
  private static final Schema FIRST = schema("{\"name\":\"id\",\"type\":\"int\"}");
  private static final Schema SECOND =
      schema(
          "{\"name\":\"note\",\"type\":\"string\",\"default\":\"none\"},"
              + "{\"name\":\"id\",\"type\":\"long\"}");

  private final FakeRegistry registry = new FakeRegistry();

  private static Schema schema(String fields) {
    return new Schema.Parser()
        .parse(
            "{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"com.acme\",\"fields\":["
                + fields
                + "]}");
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @Nested
  class Contract extends SerdeContract<GenericRecord> {
    private final Serde<GenericRecord> serde = create(AvroObjects.EVERYTHING);

    @Override
    protected Serde<GenericRecord> serde() {
      return serde;
    }

    @Override
    protected GenericRecord object(Random source) {
      return AvroObjects.everything(source);
    }

    @Override
    protected GenericRecord equalObject(GenericRecord object) {
      return AvroObjects.reversed(object);
    }

    @Override
    protected int rounds() {
      return 300; // an unknown id is asked for each time
    }
  }

  @Test
  void the_schema_is_registered_under_the_subject_and_each_record_has_its_id() {
    byte[] bytes = create(FIRST).toBytes(order(FIRST, 1));
    assertThat(bytes).containsExactly(0, 0, 0, 0, 1, 2);
    assertThat(registry.requests()).containsExactly("POST /subjects/orders-value/versions");
  }

  @Test
  void what_another_version_wrote_is_read_as_the_serdes_own() {
    byte[] old = create(FIRST).toBytes(order(FIRST, 7));
    GenericRecord read = this.<GenericRecord>create(SECOND).fromBytes(old);
    assertThat(read.get("id")).isEqualTo(7L);
    assertThat(read.get("note")).hasToString("none");
    assertThat(create(SECOND).reads(create(FIRST).schema())).isTrue();
    assertThat(create(SECOND).reads("avro-registry/com.acme.OrderLine/0011223344556677")).isFalse();
  }

  @Test
  void without_a_schema_records_are_written_and_read_with_their_own() {
    Serde<GenericRecord> serde = create((Schema) null);
    GenericRecord first = order(FIRST, 7);
    GenericRecord second = new GenericRecordBuilder(SECOND).set("id", 8L).build();
    assertThat(serde.fromBytes(serde.toBytes(first))).isEqualTo(first);
    assertThat(create((Schema) null).fromBytes(serde.toBytes(second))).isEqualTo(second);
    assertThat(((JsonText<GenericRecord>) serde).toJson(first)).isEqualTo("{\"id\":7}");
    assertThat(serde.reads(create(FIRST).schema())).isTrue();
  }

  @Test
  void an_id_that_the_registry_does_not_have_is_refused() {
    byte[] unknown = ByteBuffer.allocate(6).put((byte) 0).putInt(99).array();
    assertThatThrownBy(() -> create(FIRST).fromBytes(unknown))
        .isInstanceOf(SerializationException.class)
        .hasMessageMatching("TM-4501: the schema registry at .* has no schema of id 99.*");
    assertThatThrownBy(() -> create(FIRST).fromBytes(new byte[] {1, 0, 0, 0, 1}))
        .hasMessageStartingWith("TM-4501: the bytes do not begin with 0 and the id of a schema");
  }

  @Test
  void a_schema_of_another_kind_is_refused() {
    SchemaRegistry client =
        new SchemaRegistry(
            RegistrySettings.of(Config.of(Map.of("registry.url", registry.url().toString()))));
    client.register("a", new RegisteredSchema(SchemaKind.JSON, "{\"type\":\"object\"}"));
    assertThatThrownBy(() -> create(FIRST).fromBytes(new byte[] {0, 0, 0, 0, 1}))
        .hasMessageStartingWith("TM-4501: the schema of id 1 is of JSON and not of AVRO");
  }

  @Test
  void a_schema_that_refers_to_another_is_read_with_it() {
    SchemaRegistry client =
        new SchemaRegistry(
            RegistrySettings.of(Config.of(Map.of("registry.url", registry.url().toString()))));
    client.register("order", new RegisteredSchema(SchemaKind.AVRO, FIRST.toString()));
    client.register(
        "basket-value",
        new RegisteredSchema(
            SchemaKind.AVRO,
            "{\"type\":\"array\",\"items\":\"com.acme.Order\"}",
            List.of(new SchemaReference("com.acme.Order", "order", 1))));
    Serde<List<GenericRecord>> serde = create((Schema) null);
    assertThat(serde.fromBytes(new byte[] {0, 0, 0, 0, 2, 2, 14, 0}))
        .containsExactly(order(FIRST, 7));
  }

  private static GenericRecord order(Schema schema, int id) {
    return new GenericRecordBuilder(schema).set("id", id).build();
  }

  @SuppressWarnings("unchecked")
  private <T> Serde<T> create(Schema schema) {
    Map<String, String> entries = new TreeMap<>();
    entries.put("registry.url", registry.url().toString());
    entries.put("subject", "orders-value");
    if (schema != null) {
      entries.put("schema", schema.toString());
    }
    return (Serde<T>) new AvroRegistrySerdeFactory().create(Config.of(entries));
  }
}
