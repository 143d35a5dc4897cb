package io.tidemark.serdes.protobuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.UninterpretedOption;
import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.JsonText;
import io.tidemark.api.Serde;
import io.tidemark.api.SerializationException;
import io.tidemark.config.Serdes;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProtobufSerdeTest {
  private final Serde<Timestamp> timestamps = ProtobufContractTest.serde(Timestamp.class);

  @Test
  void the_bytes_are_those_of_the_message() {
    Timestamp timestamp = Timestamp.newBuilder().setSeconds(7).setNanos(5).build();
    assertThat(timestamps.toBytes(timestamp)).isEqualTo(timestamp.toByteArray());
  }

  @Test
  void any_version_of_the_same_message_is_read_and_no_other_message() {
    assertThat(timestamps.schema()).isEqualTo("protobuf/google.protobuf.Timestamp");
    assertThat(timestamps.reads(ProtobufContractTest.serde(Duration.class).schema())).isFalse();
  }

  @Test
  void fields_of_a_later_version_are_kept() {
    byte[] later = {8, 7, 0x7a, 1, 'x'};
    assertThat(timestamps.toBytes(timestamps.fromBytes(later))).isEqualTo(later);
  }

  @Test
  void a_message_of_another_class_or_without_its_required_fields_is_refused() {
    @SuppressWarnings("unchecked")
    Serde<Object> serde = (Serde<Object>) (Serde<?>) timestamps;
    assertThatThrownBy(() -> serde.toBytes(Duration.getDefaultInstance()))
        .isInstanceOf(SerializationException.class)
        .hasMessageStartingWith("TM-4502: a com.google.protobuf.Duration is not a com.google.");
    Serde<UninterpretedOption.NamePart> parts =
        ProtobufContractTest.serde(UninterpretedOption.NamePart.class);
    assertThatThrownBy(
            () -> parts.toBytes(UninterpretedOption.NamePart.newBuilder().buildPartial()))
        .hasMessageContaining("lacks required fields: name_part, is_extension");
    assertThatThrownBy(() -> parts.fromBytes(new byte[0])).hasMessageStartingWith("TM-4501: ");
  }

  @Test
  void messages_are_shown_in_protobufs_json() {
    @SuppressWarnings("unchecked")
    JsonText<Struct> text = (JsonText<Struct>) ProtobufContractTest.serde(Struct.class);
    Struct struct =
        Struct.newBuilder()
            .putFields("b", Value.newBuilder().setBoolValue(true).build())
            .putFields("a", Value.newBuilder().setStringValue("x").build())
            .build();
    assertThat(text.toJson(struct)).isEqualTo("{\"a\":\"x\",\"b\":true}");
    assertThat(text.fromJson("{\"b\": true, \"a\": \"x\"}")).isEqualTo(struct);
    for (String wrong : new String[] {"", "[", "7", "{\"a\"}"}) {
      assertThatThrownBy(() -> text.fromJson(wrong))
          .as(wrong)
          .isInstanceOf(SerializationException.class)
          .hasMessageStartingWith("TM-4503: ");
    }
  }

  @Test
  void a_type_that_is_no_message_is_a_problem_of_the_configuration() {
    ProtobufSerdeFactory factory = new ProtobufSerdeFactory();
    assertThatThrownBy(() -> factory.create(Config.of(Map.of())))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-1021: serializers.registry.<serde>.type is missing");
    assertThatThrownBy(() -> factory.create(Config.of(Map.of("type", "java.lang.String"))))
        .hasMessageContaining("the class is not one that protoc generates for a message");
    assertThatThrownBy(() -> factory.create(Config.of(Map.of("type", "com.acme.No"))))
        .hasMessageStartingWith("TM-1003: ");
  }

  @Test
  void the_serde_is_installed_under_its_name() {
    Config config =
        Config.of(
            Map.of(
                "serializers.registry.at.class",
                "protobuf",
                "serializers.registry.at.type",
                Timestamp.class.getName()));
    assertThat(new Serdes(config).create("a.key", "at")).isInstanceOf(ProtobufSerde.class);
  }
}
