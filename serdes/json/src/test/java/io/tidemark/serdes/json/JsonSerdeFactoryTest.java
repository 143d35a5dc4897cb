package io.tidemark.serdes.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.config.Serdes;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonSerdeFactoryTest {
  private static final Config CONFIG =
      Config.of(
          Map.of(
              "serializers.registry.order.class", "json",
              "serializers.registry.order.type", JsonSerdeTest.Order.class.getName(),
              "serializers.registry.wrong.class", "json",
              "serializers.registry.wrong.type", "com.acme.NoSuchClass"));

  private final Serdes serdes = new Serdes(CONFIG);

  @Test
  void the_name_json_is_installed_and_stands_for_maps_and_lists() {
    assertThat(serdes.create("a.key", "json").fromBytes("{\"a\":1}".getBytes(UTF_8)))
        .isEqualTo(Map.of("a", 1));
  }

  @Test
  void a_registered_name_stands_for_json_of_its_type() {
    assertThat(serdes.create("a.key", "order").fromBytes("{\"cents\":7}".getBytes(UTF_8)))
        .isEqualTo(new JsonSerdeTest.Order(null, 7, null));
  }

  @Test
  void a_type_that_is_not_there_is_a_problem_of_the_configuration() {
    assertThatThrownBy(() -> serdes.create("a.key", "wrong"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-1003: serializers.registry.<serde>.type=com.acme.NoSuchClass:");
  }
}
