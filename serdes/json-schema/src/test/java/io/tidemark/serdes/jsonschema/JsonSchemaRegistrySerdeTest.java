package io.tidemark.serdes.jsonschema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.JsonText;
import io.tidemark.api.RandomValues;
import io.tidemark.api.Serde;
import io.tidemark.api.SerdeContract;
import io.tidemark.api.SerializationException;
import io.tidemark.config.Serdes;
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
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class JsonSchemaRegistrySerdeTest {
  private static final String SCHEMA =
      """
      {"type": "object",
       "properties": {"customer": {"type": "string"}, "cents": {"type": "integer", "minimum": 0}},
       "required": ["customer"]}
      """;

  private final FakeRegistry registry = new FakeRegistry();

  /** A message, as a user would declare one. */
  public record Order(String customer, long cents) {}

  @AfterEach
  void close() {
    registry.close();
  }

  @Nested
  class Contract extends SerdeContract<Order> {
    private final Serde<Order> serde = orders("schema", SCHEMA);

    @Override
    protected Serde<Order> serde() {
      return serde;
    }

    @Override
    protected Order object(Random source) {
      return new Order(
          RandomValues.string(source), RandomValues.longValue(source) & Long.MAX_VALUE);
    }

    @Override
    protected Order equalObject(Order object) {
      return new Order(object.customer(), object.cents());
    }
  }

  @Test
  void a_record_has_the_id_of_the_schema_and_its_json() {
    byte[] bytes = orders("schema", SCHEMA).toBytes(new Order("Ada", 5));
    assertThat(bytes).startsWith(0, 0, 0, 0, 1);
    assertThat(new String(bytes, 5, bytes.length - 5, UTF_8))
        .isEqualTo("{\"cents\":5,\"customer\":\"Ada\"}");
    assertThat(registry.requests()).containsExactly("POST /subjects/orders-value/versions");
    assertThat(registered(1).kind()).isEqualTo(SchemaKind.JSON);
  }

  @Test
  void what_does_not_follow_the_schema_is_neither_written_nor_read() {
    Serde<Order> serde = orders("schema", SCHEMA);
    assertThatThrownBy(() -> serde.toBytes(new Order("Ada", -5)))
        .isInstanceOf(SerializationException.class)
        .hasMessageStartingWith("TM-4502: the object does not follow the JSON Schema: /cents: ");
    serde.toBytes(new Order("Ada", 5));
    assertThatThrownBy(() -> serde.fromBytes(record(1, "{\"cents\":5}")))
        .isInstanceOf(SerializationException.class)
        .hasMessageStartingWith("TM-4501: the record does not follow the JSON Schema: ")
        .hasMessageContaining("customer");
  }

  @Test
  void without_a_schema_records_are_held_to_the_one_that_they_name() {
    byte[] bytes = orders("schema", SCHEMA).toBytes(new Order("Ada", 5));
    Serde<Order> reader = orders();
    assertThat(reader.fromBytes(bytes)).isEqualTo(new Order("Ada", 5));
    assertThatThrownBy(() -> reader.fromBytes(record(1, "{\"cents\":5}")))
        .hasMessageStartingWith("TM-4501: the record does not follow the JSON Schema: ");
    assertThatThrownBy(() -> reader.fromBytes(record(7, "{}")))
        .hasMessageContaining("has no schema of id 7");
    assertThatThrownBy(() -> reader.toBytes(new Order("Ada", 5)))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-1021: a serde for JSON Schema needs a schema to write with");
  }

  @Test
  void a_schema_may_refer_to_another_one() {
    SchemaRegistry client =
        new SchemaRegistry(
            RegistrySettings.of(Config.of(Map.of("registry.url", registry.url().toString()))));
    String customer = "{\"$id\": \"http://acme.com/customer.json\", \"type\": \"string\"}";
    client.register("customer", new RegisteredSchema(SchemaKind.JSON, customer));
    String order =
        "{\"$id\": \"http://acme.com/order.json\", \"type\": \"object\", \"properties\":"
            + " {\"customer\": {\"$ref\": \"http://acme.com/customer.json\"}}}";
    int id =
        client.register(
            "orders-value",
            new RegisteredSchema(
                SchemaKind.JSON,
                order,
                List.of(new SchemaReference("http://acme.com/customer.json", "customer", 1))));
    assertThat(orders().fromBytes(record(id, "{\"customer\":\"Ada\"}")))
        .isEqualTo(new Order("Ada", 0));
    assertThatThrownBy(() -> orders().fromBytes(record(id, "{\"customer\":7}")))
        .hasMessageContaining("does not follow the JSON Schema: /customer: ");
  }

  @Test
  void the_version_that_a_schema_names_decides_what_its_words_mean() {
    String schema =
        "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"type\": \"object\","
            + " \"properties\": {\"customer\": {\"type\": \"string\"}},"
            + " \"dependentRequired\": {\"cents\": [\"currency\"]}}";
    assertThatThrownBy(() -> orders("schema", schema).toBytes(new Order("Ada", 1)))
        .hasMessageContaining("currency");
  }

  @Test
  void endlessly_nested_json_is_refused() {
    String recursive =
        "{\"$id\": \"http://acme.com/list.json\", \"type\": \"array\", \"items\": {\"$ref\": \"#\"}}";
    Serde<Object> serde = create("schema", recursive);
    assertThat(serde.fromBytes(record(1, "[[],[[]]]")))
        .isEqualTo(List.of(List.of(), List.of(List.of())));
    for (int depth : new int[] {900, 100_000}) {
      try {
        serde.fromBytes(record(1, "[".repeat(depth) + "]".repeat(depth)));
      } catch (SerializationException e) {
        assertThat(e.code()).isEqualTo("TM-4501");
      }
    }
  }

  @Test
  void what_is_no_schema_is_a_problem_of_the_configuration() {
    for (String wrong : List.of("", "{", "7", "[]", "{\"type\": \"object\"} {}")) {
      assertThatThrownBy(() -> orders("schema", wrong))
          .as(wrong)
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith("TM-1021: ");
    }
  }

  @Test
  void objects_are_shown_as_their_json() {
    JsonText<Order> text = (JsonText<Order>) orders("schema", SCHEMA);
    assertThat(text.toJson(new Order("Ada", 5))).isEqualTo("{\"cents\":5,\"customer\":\"Ada\"}");
    assertThat(orders().schema()).isEqualTo("json-schema-registry/json/" + Order.class.getName());
    assertThat(create().reads(orders().schema())).isTrue();
  }

  @Test
  void the_serde_is_installed_under_its_name() {
    Map<String, String> entries =
        settings().entrySet().stream()
            .collect(
                Collectors.toMap(
                    entry -> "serializers.registry.order." + entry.getKey(), Map.Entry::getValue));
    entries.put("serializers.registry.order.class", "json-schema-registry");
    assertThat(new Serdes(Config.of(entries)).create("a.key", "order"))
        .isInstanceOf(JsonSchemaRegistrySerde.class);
  }

  private RegisteredSchema registered(int id) {
    return new SchemaRegistry(RegistrySettings.of(Config.of(settings()))).byId(id).orElseThrow();
  }

  private static byte[] record(int id, String json) {
    byte[] bytes = json.getBytes(UTF_8);
    return ByteBuffer.allocate(5 + bytes.length).put((byte) 0).putInt(id).put(bytes).array();
  }

  private Map<String, String> settings() {
    return new TreeMap<>(
        Map.of("registry.url", registry.url().toString(), "subject", "orders-value"));
  }

  private Serde<Order> orders(String... keyAndValue) {
    Map<String, String> entries = settings();
    entries.put("type", Order.class.getName());
    return create(entries, keyAndValue);
  }

  private <T> Serde<T> create(String... keyAndValue) {
    return create(settings(), keyAndValue);
  }

  @SuppressWarnings("unchecked")
  private static <T> Serde<T> create(Map<String, String> entries, String... keyAndValue) {
    if (keyAndValue.length > 0) {
      entries.put(keyAndValue[0], keyAndValue[1]);
    }
    return (Serde<T>) new JsonSchemaRegistrySerdeFactory().create(Config.of(entries));
  }
}
