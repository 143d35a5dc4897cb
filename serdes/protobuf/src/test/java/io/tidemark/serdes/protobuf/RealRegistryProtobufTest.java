package io.tidemark.serdes.protobuf;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.tidemark.api.Config;
import io.tidemark.api.Serde;
import io.tidemark.serdes.registry.RealRegistry;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The registry takes the text that is made from a class, and gives it back. */
@Tag("slow")
class RealRegistryProtobufTest {

  @Test
  void a_message_is_written_and_read() {
    comesBack(ProtobufContractTest.struct(new Random(1), 3), Struct.class);
    comesBack(Value.newBuilder().setStringValue("x").build(), Value.class);
    comesBack(
        DescriptorProto.ExtensionRange.newBuilder().setEnd(9).build(),
        DescriptorProto.ExtensionRange.class);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Message> void comesBack(T message, Class<T> type) {
    Config config =
        Config.of(
            Map.of(
                "registry.url", RealRegistry.url().toString(),
                "subject", type.getName() + "-value",
                "type", type.getName()));
    ProtobufRegistrySerdeFactory factory = new ProtobufRegistrySerdeFactory();
    byte[] bytes = ((Serde<T>) factory.create(config)).toBytes(message);
    assertThat(((Serde<T>) factory.create(config)).fromBytes(bytes)).isEqualTo(message);
  }
}
