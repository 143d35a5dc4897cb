package io.tidemark.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.LongSerde;
import io.tidemark.api.OrderedSerde;
import io.tidemark.api.Serde;
import io.tidemark.api.SerdeFactory;
import io.tidemark.api.StringSerde;
import io.tidemark.api.UUIDSerde;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SerdesTest {

  @Test
  void built_in_serdes_are_found_by_name() {
    assertThat(create("string")).isInstanceOf(StringSerde.class);
    assertThat(create("long")).isInstanceOf(LongSerde.class);
    assertThat(create("uuid")).isInstanceOf(UUIDSerde.class);
    for (String name : new String[] {"bytes", "integer", "double"}) {
      assertThat(create(name)).isNotNull();
    }
  }

  @Test
  void ordered_serdes_are_found_by_name() {
    for (String name :
        new String[] {"ordered-integer", "ordered-long", "ordered-double", "string", "uuid"}) {
      assertThat(create(name)).isInstanceOf(OrderedSerde.class);
      assertThat(create(name).schema()).isEqualTo(name);
    }
  }

  @Test
  void a_tuple_is_made_of_the_serdes_it_lists() {
    assertThat(
            create(
                    "visit",
                    "serializers.registry.visit.class",
                    "tuple",
                    "serializers.registry.visit.parts",
                    "string, ordered-long,uuid")
                .schema())
        .isEqualTo("tuple(string,ordered-long,uuid)");
  }

  @Test
  void a_tuple_may_be_a_part_of_a_tuple_but_not_of_itself() {
    Map<String, String> entries =
        Map.of(
            "serializers.registry.outer.class", "tuple",
            "serializers.registry.outer.parts", "string,inner",
            "serializers.registry.inner.class", "tuple",
            "serializers.registry.inner.parts", "uuid,string");
    assertThat(new Serdes(Config.of(entries)).create("the.key", "outer").schema())
        .isEqualTo("tuple(string,tuple(uuid,string))");

    Config circular =
        Config.of(entries).with(Map.of("serializers.registry.inner.parts", "uuid,outer"));
    assertThatThrownBy(() -> new Serdes(circular).create("the.key", "outer"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(
            "TM-1020: serializers.registry.outer.parts: the tuple would be a part of itself");
  }

  @Test
  void parts_that_a_tuple_cannot_have_are_refused() {
    assertThatThrownBy(() -> create("tuple"))
        .hasMessageStartingWith("TM-1020: serializers.registry.tuple.parts is missing; ");
    String type = "serializers.registry.visit.class";
    String parts = "serializers.registry.visit.parts";
    assertThatThrownBy(() -> create("visit", type, "tuple", parts, "string,long"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-1020: " + parts + ": long cannot be a part of a tuple");
    assertThatThrownBy(() -> create("visit", type, "tuple", parts, "string,uid"))
        .hasMessageStartingWith("TM-1003: " + parts + "=uid: ")
        .hasMessageContaining("did you mean uuid?");
  }

  @Test
  void a_serde_is_found_by_its_class() {
    assertThat(create(LongSerde.class.getName())).isInstanceOf(LongSerde.class);
  }

  @Test
  void a_registered_name_stands_for_another_name_or_a_class() {
    assertThat(create("count", "serializers.registry.count.class", "long"))
        .isInstanceOf(LongSerde.class);
    assertThat(create("string", "serializers.registry.string.class", LongSerde.class.getName()))
        .isInstanceOf(LongSerde.class);
  }

  @Test
  void a_factory_gets_the_settings_under_the_name_it_is_registered_with() {
    Serde<?> serde =
        create(
            "order",
            "serializers.registry.order.class",
            EchoFactory.class.getName(),
            "serializers.registry.order.type",
            "com.acme.Order");

    assertThat(((Echo) serde).settings()).containsEntry("type", "com.acme.Order");
  }

  @Test
  void an_unknown_name_is_answered_with_the_nearest() {
    assertThatThrownBy(() -> create("lomg"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-1003: the.key=lomg: ")
        .hasMessageContaining("did you mean long?");
    assertThatThrownBy(() -> create("oder", "serializers.registry.order.class", "string"))
        .hasMessageContaining("did you mean order?");
  }

  @Test
  void an_unknown_class_says_which_key_names_it() {
    assertThatThrownBy(() -> create("order", "serializers.registry.order.class", "com.acme.No"))
        .hasMessageStartingWith(
            "TM-1003: serializers.registry.order.class=com.acme.No: there is no");
  }

  @Test
  void a_class_that_is_no_serde_or_cannot_be_made_is_refused() {
    assertThatThrownBy(() -> create("java.lang.Object")).hasMessageContaining("neither a Serde");
    assertThatThrownBy(() -> create("java.lang.Integer"))
        .hasMessageContaining("public constructor without arguments");
    assertThatThrownBy(() -> create(Broken.class.getName()))
        .hasMessageContaining("its constructor failed: java.lang.IllegalStateException: broken");
  }

  private static Serde<?> create(String name, String... keysAndValues) {
    Map<String, String> entries =
        keysAndValues.length == 0
            ? Map.of()
            : keysAndValues.length == 2
                ? Map.of(keysAndValues[0], keysAndValues[1])
                : Map.of(keysAndValues[0], keysAndValues[1], keysAndValues[2], keysAndValues[3]);
    return new Serdes(Config.of(entries)).create("the.key", name);
  }

  /** Keeps the settings it was made with. */
  public static final class EchoFactory implements SerdeFactory {
    @Override
    public String name() {
      return "echo";
    }

    @Override
    public Serde<?> create(Config config) {
      return new Echo(config);
    }
  }

  private record Echo(Config settings) implements Serde<String> {
    @Override
    public byte[] toBytes(String object) {
      return null;
    }

    @Override
    public String fromBytes(byte[] bytes) {
      return null;
    }
  }

  /** Cannot be made. */
  public static final class Broken {
    public Broken() {
      throw new IllegalStateException("broken");
    }
  }
}
