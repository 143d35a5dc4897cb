package io.tidemark.serdes.protobuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.StructProto;
import com.google.protobuf.TimestampProto;
import io.tidemark.api.ConfigException;
import org.junit.jupiter.api.Test;

class ProtoTextTest {

  @Test
  void maps_oneofs_and_enums_are_written_as_they_were() {
    assertThat(ProtoText.of(StructProto.getDescriptor()))
        .isEqualTo(
            """
            syntax = "proto3";
            package google.protobuf;
            message Struct {
              map<string, .google.protobuf.Value> fields = 1;
            }
            message Value {
              oneof kind {
                .google.protobuf.NullValue null_value = 1;
                double number_value = 2;
                string string_value = 3;
                bool bool_value = 4;
                .google.protobuf.Struct struct_value = 5;
                .google.protobuf.ListValue list_value = 6;
              }
            }
            message ListValue {
              repeated .google.protobuf.Value values = 1;
            }
            enum NullValue {
              NULL_VALUE = 0;
            }
            """);
  }

  @Test
  void what_proto2_has_besides_is_written_too() {
    FileDescriptor file =
        Schemas.file(
            """
            name: "old.proto" package: "a.b"
            message_type {
              name: "M"
              field { name: "r" number: 1 label: LABEL_REQUIRED type: TYPE_INT32 }
              field { name: "s" number: 2 label: LABEL_OPTIONAL type: TYPE_STRING
                      default_value: "\\"x\\"" }
              field { name: "n" number: 3 label: LABEL_REPEATED type: TYPE_INT64
                      options { packed: true } }
              field { name: "g" number: 4 label: LABEL_OPTIONAL type: TYPE_GROUP
                      type_name: ".a.b.M.G" }
              nested_type {
                name: "G"
                field { name: "x" number: 5 label: LABEL_OPTIONAL type: TYPE_BOOL }
              }
              extension_range { start: 100 end: 536870912 }
              reserved_range { start: 7 end: 8 }
              reserved_name: "gone"
            }
            enum_type {
              name: "E"
              value { name: "ONE" number: 1 }
              value { name: "UNO" number: 1 }
              options { allow_alias: true }
            }
            extension { name: "more" number: 100 label: LABEL_OPTIONAL type: TYPE_BYTES
                        extendee: ".a.b.M" }
            """);
    assertThat(ProtoText.of(file))
        .isEqualTo(
            """
            syntax = "proto2";
            package a.b;
            message M {
              required int32 r = 1;
              optional string s = 2 [default = "\\"x\\""];
              repeated int64 n = 3 [packed = true];
              optional group G = 4 {
                optional bool x = 5;
              }
              extensions 100 to max;
              reserved 7;
              reserved "gone";
            }
            enum E {
              option allow_alias = true;
              ONE = 1;
              UNO = 1;
            }
            extend .a.b.M {
              optional bytes more = 100;
            }
            """);
  }

  @Test
  void imports_and_optional_fields_of_proto3_are_written() {
    FileDescriptor file =
        Schemas.file(
            """
            name: "new.proto" syntax: "proto3" dependency: "google/protobuf/timestamp.proto"
            message_type {
              name: "M"
              field { name: "at" number: 1 label: LABEL_OPTIONAL type: TYPE_MESSAGE
                      type_name: ".google.protobuf.Timestamp" }
              field { name: "o" number: 2 label: LABEL_OPTIONAL type: TYPE_SINT32
                      proto3_optional: true oneof_index: 0 }
              oneof_decl { name: "_o" }
            }
            """,
            TimestampProto.getDescriptor());
    assertThat(ProtoText.of(file))
        .isEqualTo(
            """
            syntax = "proto3";
            import "google/protobuf/timestamp.proto";
            message M {
              .google.protobuf.Timestamp at = 1;
              optional sint32 o = 2;
            }
            """);
  }

  @Test
  void an_edition_has_to_be_given_as_a_file() {
    FileDescriptor file =
        Schemas.file("name: \"e.proto\" syntax: \"editions\" edition: EDITION_2023");
    assertThatThrownBy(() -> ProtoText.of(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-1021: e.proto is of an edition of Protobuf");
  }

  @Test
  void the_largest_file_of_protobuf_itself_can_be_written() {
    String text = ProtoText.of(DescriptorProtos.getDescriptor());
    assertThat(text).contains("\n  message ExtensionRange {\n").contains("extensions 1000 to max;");
    assertThat(text.chars().filter(c -> c == '{').count())
        .isEqualTo(text.chars().filter(c -> c == '}').count());
  }
}
