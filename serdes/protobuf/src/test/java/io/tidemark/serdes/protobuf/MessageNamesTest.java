package io.tidemark.serdes.protobuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.StructProto;
import io.tidemark.api.SerializationException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MessageNamesTest {

  @Test
  void messages_are_found_by_their_places_among_all_else_there_can_be() {
    Map<List<Integer>, String> names =
        MessageNames.in(
            """
            syntax = "proto3"; // message Not {
            package com.acme;
            /* message Neither { } */
            option java_package = "message { Nor\\" {";
            enum E { message = 0; }
            message A { string message = 1; oneof o { int32 x = 2; }
              message B { message C {} } map<string, B> bs = 3;
              reserved "message"; message D {} }
            service S { rpc Do (A) returns (A) { option (x) = { y: 1 }; } }
            message Z {}
            """);
    assertThat(names)
        .containsOnly(
            Map.entry(List.of(0), "com.acme.A"),
            Map.entry(List.of(0, 0), "com.acme.A.B"),
            Map.entry(List.of(0, 0, 0), "com.acme.A.B.C"),
            Map.entry(List.of(0, 1), "com.acme.A.D"),
            Map.entry(List.of(1), "com.acme.Z"));
    assertThat(MessageNames.in("message A {}")).containsOnly(Map.entry(List.of(0), "A"));
  }

  @Test
  void places_in_a_class_and_in_its_text_agree() {
    for (FileDescriptor file :
        List.of(DescriptorProtos.getDescriptor(), StructProto.getDescriptor())) {
      Map<List<Integer>, String> names = MessageNames.in(ProtoText.of(file));
      file.getMessageTypes().forEach(message -> agree(message, names));
    }
  }

  private static void agree(Descriptor message, Map<List<Integer>, String> names) {
    if (!message.getOptions().getMapEntry()) {
      assertThat(names.get(MessageIndexes.of(message))).isEqualTo(message.getFullName());
      message.getNestedTypes().forEach(nested -> agree(nested, names));
    }
  }

  @Test
  void places_are_written_as_the_documentation_of_the_wire_format_says() {
    assertThat(MessageIndexes.write(List.of(0))).containsExactly(0);
    assertThat(MessageIndexes.write(List.of(1, 0))).containsExactly(4, 2, 0);
    assertThat(MessageIndexes.write(List.of(0, 0))).containsExactly(4, 0, 0);
    for (List<Integer> indexes : List.of(List.of(0), List.of(1, 0), List.of(200, 3, 0))) {
      assertThat(read(MessageIndexes.write(indexes))).isEqualTo(indexes);
    }
  }

  @Test
  void endless_places_are_refused() {
    for (byte[] bytes : new byte[][] {{}, {1}, {-2, -1, -1, -1, 15}, {4, 2}}) {
      assertThatThrownBy(() -> read(bytes))
          .isInstanceOf(SerializationException.class)
          .hasMessageStartingWith("TM-4501: ");
    }
  }

  private static List<Integer> read(byte[] bytes) {
    return MessageIndexes.read(CodedInputStream.newInstance(bytes));
  }
}
