package io.tidemark.serdes.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidemark.api.SerializationException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonSerdeTest {

  /** A message, as a user would declare one. */
  public record Order(String customer, long cents, List<String> items) {}

  private final JsonSerde<Order> orders = new JsonSerde<>(Order.class);

  @Test
  void a_record_comes_back_equal() {
    Order order = new Order("Zoë", 1 << 20, List.of("tea", "milk"));

    assertThat(orders.fromBytes(orders.toBytes(order))).isEqualTo(order);
  }

  @Test
  void a_node_comes_back_equal() {
    JsonSerde<JsonNode> nodes = new JsonSerde<>(JsonNode.class);
    JsonNode node = nodes.fromBytes("{\"b\":[1,2.5,null],\"a\":{\"c\":true}}".getBytes(UTF_8));

    assertThat(node.get("a").get("c").booleanValue()).isTrue();
    assertThat(nodes.fromBytes(nodes.toBytes(node))).isEqualTo(node);
  }

  @Test
  void without_a_class_objects_are_maps_and_lists() {
    JsonSerde<Object> untyped = JsonSerde.untyped();
    Map<String, Object> message = Map.of("count", 3, "tags", List.of("a", "b"), "ok", true);

    assertThat(untyped.fromBytes(untyped.toBytes(message))).isEqualTo(message);
    assertThat(untyped.fromBytes(untyped.toBytes("text"))).isEqualTo("text");
    assertThat(new String(untyped.toBytes(new Order("Ada", 5, List.of())), UTF_8))
        .isEqualTo("{\"cents\":5,\"customer\":\"Ada\",\"items\":[]}");
  }

  @Test
  void null_is_null() {
    assertThat(orders.toBytes(null)).isNull();
    assertThat(orders.fromBytes(null)).isNull();
  }

  @Test
  void equal_maps_and_nodes_have_equal_bytes_in_whatever_order_they_were_made() {
    JsonSerde<Object> untyped = JsonSerde.untyped();
    Map<String, Integer> one = new LinkedHashMap<>();
    one.put("a", 1);
    one.put("b", 2);
    Map<String, Integer> other = new LinkedHashMap<>();
    other.put("b", 2);
    other.put("a", 1);
    assertThat(untyped.toBytes(one)).isEqualTo(untyped.toBytes(other));

    JsonSerde<JsonNode> nodes = new JsonSerde<>(JsonNode.class);
    assertThat(nodes.toBytes(nodes.fromBytes("{\"b\":2,\"a\":1}".getBytes(UTF_8))))
        .isEqualTo("{\"a\":1,\"b\":2}".getBytes(UTF_8));
  }

  @Test
  void a_property_that_the_class_does_not_have_is_ignored() {
    assertThat(
            orders.fromBytes(
                "{\"customer\":\"Ada\",\"cents\":1,\"items\":[],\"new\":1}".getBytes(UTF_8)))
        .isEqualTo(new Order("Ada", 1, List.of()));
  }

  @Test
  void what_is_not_json_of_the_class_is_refused() {
    for (String wrong : new String[] {"", "{", "[]", "{\"cents\":\"many\"}", "{} {}"}) {
      assertThatThrownBy(() -> orders.fromBytes(wrong.getBytes(UTF_8)))
          .as(wrong)
          .isInstanceOf(SerializationException.class)
          .hasMessageStartingWith("TM-4501: not JSON of " + Order.class.getName() + ": ");
    }
  }

  @Test
  void what_cannot_be_written_is_refused() {
    assertThatThrownBy(() -> JsonSerde.untyped().toBytes(new Object()))
        .isInstanceOf(SerializationException.class)
        .hasMessageStartingWith("TM-4502: cannot write java.lang.Object as JSON: ");
  }

  @Test
  void objects_are_shown_as_the_json_they_are_written_as() {
    Order order = new Order("Ada", 5, List.of());
    assertThat(orders.toJson(order)).isEqualTo("{\"cents\":5,\"customer\":\"Ada\",\"items\":[]}");
    assertThat(orders.fromJson("{\"customer\": \"Ada\", \"cents\": 5, \"items\": []}"))
        .isEqualTo(order);
    for (String wrong : new String[] {"", "null", "[]", "{", "{} {}"}) {
      assertThatThrownBy(() -> orders.fromJson(wrong))
          .as(wrong)
          .isInstanceOf(SerializationException.class)
          .hasMessageStartingWith("TM-4503: not JSON of ");
    }
  }

  @Test
  void json_of_another_class_is_read_only_without_a_class() {
    assertThat(orders.schema()).isEqualTo("json/" + Order.class.getName());
    assertThat(orders.reads("json/com.acme.Order")).isFalse();
    assertThat(JsonSerde.untyped().reads(orders.schema())).isTrue();
    assertThat(new JsonSerde<>(JsonNode.class).reads(orders.schema())).isTrue();
    assertThat(JsonSerde.untyped().reads("bytes")).isFalse();
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    JsonSerde<Object> serde = JsonSerde.untyped();
    byte[] halfCharacter = {'{', '"', (byte) 0xed, (byte) 0xb6, (byte) 0xbf, '"', ':', '1', '}'};
    byte[] beyondUnicode = {'"', (byte) 0xf7, (byte) 0xbf, (byte) 0xbf, (byte) 0xbf, '"'};
    for (byte[] bytes : List.of(halfCharacter, beyondUnicode)) {
      assertThatThrownBy(() -> serde.fromBytes(bytes))
          .isInstanceOf(SerializationException.class)
          .hasMessageContaining("it is not UTF-8");
    }
    byte[] whole = "{\"\uD83D\uDE00\":\"\u00e9\"}".getBytes(UTF_8);
    assertThat(serde.fromBytes(whole)).isEqualTo(Map.of("\uD83D\uDE00", "\u00e9"));
  }
}
