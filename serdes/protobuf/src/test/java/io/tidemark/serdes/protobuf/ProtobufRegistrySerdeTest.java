package io.tidemark.serdes.protobuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.StructProto;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.Value;
import io.tidemark.api.Config;
import io.tidemark.api.Serde;
import io.tidemark.api.SerdeContract;
import io.tidemark.api.SerializationException;
import io.tidemark.serdes.registry.FakeRegistry;
import io.tidemark.serdes.registry.RegisteredSchema;
import io.tidemark.serdes.registry.RegistrySettings;
import io.tidemark.serdes.registry.SchemaReference;
import io.tidemark.serdes.registry.SchemaRegistry;
import io.tidemark.serdes.registry.SubjectSchema;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ProtobufRegistrySerdeTest {
  private final FakeRegistry registry = new FakeRegistry();

  @AfterEach
  void close() {
    registry.close();
  }

  @Nested
  class Contract extends SerdeContract<Struct> {
    private final Serde<Struct> serde = create(Struct.class);

    @Override
    protected Serde<Struct> serde() {
      return serde;
    }

    @Override
    protected Struct object(Random source) {
      return ProtobufContractTest.struct(source, 3);
    }

    @Override
    protected int rounds() {
      return 300; // an unknown id is asked for each time
    }
  }

  @Test
  void a_record_has_the_id_of_the_schema_and_the_place_of_the_message_in_it() {
    Value value = Value.newBuilder().setBoolValue(true).build();
    assertThat(create(Value.class).toBytes(value)).containsExactly(0, 0, 0, 0, 1, 2, 2, 0x20, 1);
    assertThat(registry.requests()).containsExactly("POST /subjects/orders-value/versions");
    assertThat(create(Value.class).fromBytes(create(Value.class).toBytes(value))).isEqualTo(value);

    assertThat(create(Struct.class).toBytes(Struct.getDefaultInstance()))
        .containsExactly(0, 0, 0, 0, 1, 0);
    var range = DescriptorProto.ExtensionRange.newBuilder().setStart(5).build();
    var ranges = create(DescriptorProto.ExtensionRange.class);
    assertThat(ranges.toBytes(range)).startsWith(0, 0, 0, 0, 2, 4, 4, 0);
    assertThat(ranges.fromBytes(ranges.toBytes(range))).isEqualTo(range);
  }

  @Test
  void a_record_of_another_message_is_refused() {
    byte[] value = create(Value.class).toBytes(Value.newBuilder().setBoolValue(true).build());
    assertThatThrownBy(() -> create(Struct.class).fromBytes(value))
        .isInstanceOf(SerializationException.class)
        .hasMessageStartingWith(
            "TM-4501: the record is of google.protobuf.Value, message [1] of the schema of id 1,"
                + " and not of google.protobuf.Struct");
    value[6] = 100;
    assertThatThrownBy(() -> create(Value.class).fromBytes(value))
        .hasMessageStartingWith("TM-4501: the record is of no message, message [50]");
  }

  @Test
  void files_that_are_imported_are_schemas_of_their_own() {
    var library =
        Schemas.file(
            """
            name: "lib.proto" syntax: "proto3" package: "lib"
            message_type { name: "L" }
            """);
    var file =
        Schemas.file(
            """
            name: "main.proto" syntax: "proto3"
            dependency: "lib.proto" dependency: "google/protobuf/timestamp.proto"
            message_type {
              name: "M"
              field { name: "l" number: 1 label: LABEL_OPTIONAL type: TYPE_MESSAGE type_name: ".lib.L" }
            }
            """,
            library,
            TimestampProto.getDescriptor());
    SchemaRegistry client = new SchemaRegistry(RegistrySettings.of(config(Struct.class)));
    RegisteredSchema schema = FileSchemas.of(file, SubjectSchema.of(client, config(Struct.class)));
    assertThat(schema.references())
        .containsExactly(new SchemaReference("lib.proto", "lib.proto", 1));
    assertThat(client.referred(schema))
        .extracting(RegisteredSchema::text)
        .containsExactly(ProtoText.of(library));
  }

  @Test
  void the_text_of_the_schema_may_be_given() {
    String text = "// with comments\n" + ProtoText.of(StructProto.getDescriptor());
    Config config = config(Struct.class).with(Map.of("schema", text));
    @SuppressWarnings("unchecked")
    Serde<Struct> serde = (Serde<Struct>) new ProtobufRegistrySerdeFactory().create(config);
    serde.toBytes(Struct.getDefaultInstance());
    SchemaRegistry client = new SchemaRegistry(RegistrySettings.of(config));
    assertThat(client.byId(1).orElseThrow().text()).isEqualTo(text);
  }

  @Test
  void any_version_of_the_same_message_is_read() {
    assertThat(create(Struct.class).schema()).isEqualTo("protobuf-registry/google.protobuf.Struct");
    assertThat(create(Struct.class).reads(create(Duration.class).schema())).isFalse();
  }

  private Config config(Class<?> type) {
    return Config.of(
        Map.of(
            "registry.url", registry.url().toString(),
            "subject", "orders-value",
            "type", type.getName()));
  }

  @SuppressWarnings("unchecked")
  private <T> Serde<T> create(Class<T> type) {
    return (Serde<T>) new ProtobufRegistrySerdeFactory().create(config(type));
  }
}
