package io.tidemark.serdes.protobuf;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.tidemark.api.Config;
import io.tidemark.api.RandomValues;
import io.tidemark.api.Serde;
import io.tidemark.api.SerdeContract;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Nested;

/** With messages that come with Protobuf itself, of both syntaxes. */
class ProtobufContractTest {

  @SuppressWarnings("unchecked")
  static <T> Serde<T> serde(Class<T> type) {
    return (Serde<T>) new ProtobufSerdeFactory().create(Config.of(Map.of("type", type.getName())));
  }

  static Struct struct(Random source, int depth) {
    Struct.Builder struct = Struct.newBuilder();
    for (int i = source.nextInt(5); i > 0; i--) {
      struct.putFields(RandomValues.string(source), value(source, depth));
    }
    return struct.build();
  }

  private static Value value(Random source, int depth) {
    Value.Builder value = Value.newBuilder();
    return switch (source.nextInt(depth > 0 ? 6 : 4)) {
      case 0 -> value.setNullValue(NullValue.NULL_VALUE).build();
      case 1 -> value.setNumberValue(source.nextGaussian()).build();
      case 2 -> value.setStringValue(RandomValues.string(source)).build();
      case 3 -> value.setBoolValue(source.nextBoolean()).build();
      case 4 -> value.setStructValue(struct(source, depth - 1)).build();
      default ->
          value
              .setListValue(
                  ListValue.newBuilder()
                      .addValues(value(source, depth - 1))
                      .addValues(value(source, depth - 1)))
              .build();
    };
  }

  /** Maps within maps. */
  @Nested
  class Proto3 extends SerdeContract<Struct> {
    @Override
    protected Serde<Struct> serde() {
      return ProtobufContractTest.serde(Struct.class);
    }

    @Override
    protected Struct object(Random source) {
      return struct(source, 3);
    }

    @Override
    protected Struct equalObject(Struct object) {
      List<Map.Entry<String, Value>> entries = new ArrayList<>(object.getFieldsMap().entrySet());
      Collections.reverse(entries);
      Struct.Builder reversed = Struct.newBuilder();
      entries.forEach(entry -> reversed.putFields(entry.getKey(), entry.getValue()));
      return reversed.build();
    }
  }

  /** Repeated messages, enums, optional fields. */
  @Nested
  class Proto2 extends SerdeContract<DescriptorProto> {
    @Override
    protected Serde<DescriptorProto> serde() {
      return ProtobufContractTest.serde(DescriptorProto.class);
    }

    @Override
    protected DescriptorProto object(Random source) {
      return draw(source, 3);
    }

    private static DescriptorProto draw(Random source, int depth) {
      DescriptorProto.Builder message = DescriptorProto.newBuilder();
      if (source.nextBoolean()) {
        message.setName(RandomValues.string(source));
      }
      for (int i = source.nextInt(3); i > 0; i--) {
        message.addField(
            FieldDescriptorProto.newBuilder()
                .setNumber(RandomValues.intValue(source))
                .setType(FieldDescriptorProto.Type.forNumber(1 + source.nextInt(18))));
      }
      for (int i = depth == 0 ? 0 : source.nextInt(3); i > 0; i--) {
        message.addNestedType(draw(source, depth - 1));
      }
      return message
          .addEnumType(
              EnumDescriptorProto.newBuilder().addReservedName(RandomValues.string(source)))
          .build();
    }
  }
}
