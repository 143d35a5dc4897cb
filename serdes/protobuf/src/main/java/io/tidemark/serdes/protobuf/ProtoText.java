package io.tidemark.serdes.protobuf;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.DescriptorProto.ExtensionRange;
import com.google.protobuf.DescriptorProtos.DescriptorProto.ReservedRange;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto.EnumReservedRange;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.tidemark.api.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Writes the text of a {@code .proto} file from what a generated class knows of it: all that
 * decides about bytes and compatibility. Comments are gone, and so are services and options of
 * other meaning.
 */
final class ProtoText {
  private static final int LAST_FIELD = 536_870_911;

  private final StringBuilder text = new StringBuilder();
  private final boolean proto3;
  private int depth;

  private ProtoText(boolean proto3) {
    this.proto3 = proto3;
  }

  /**
   * @throws ConfigException (TM-1021) if the file is neither of proto2 nor of proto3
   */
  static String of(FileDescriptor descriptor) {
    FileDescriptorProto file = descriptor.toProto();
    String syntax = file.getSyntax().isEmpty() ? "proto2" : file.getSyntax();
    if (!syntax.equals("proto2") && !syntax.equals("proto3")) {
      throw new ConfigException(
          "TM-1021",
          file.getName()
              + " is of an edition of Protobuf whose text cannot be made from the class; set"
              + " serializers.registry.<serde>.schema.file to the .proto file");
    }
    ProtoText text = new ProtoText(syntax.equals("proto3"));
    text.file(syntax, file);
    return text.text.toString();
  }

  private void file(String syntax, FileDescriptorProto file) {
    line("syntax = \"" + syntax + "\";");
    if (!file.getPackage().isEmpty()) {
      line("package " + file.getPackage() + ";");
    }
    for (int i = 0; i < file.getDependencyCount(); i++) {
      String kind = file.getPublicDependencyList().contains(i) ? "public " : "";
      line("import " + kind + "\"" + file.getDependency(i) + "\";");
    }
    file.getMessageTypeList().forEach(this::message);
    file.getEnumTypeList().forEach(this::enumeration);
    extensions(file.getExtensionList(), List.of());
  }

  private void message(DescriptorProto message) {
    begin("message " + message.getName());
    body(message);
    end();
  }

  private void body(DescriptorProto message) {
    List<DescriptorProto> nested = message.getNestedTypeList();
    List<String> groups =
        message.getFieldList().stream()
            .filter(field -> field.getType() == Type.TYPE_GROUP)
            .map(ProtoText::simpleName)
            .toList();
    nested.stream()
        .filter(type -> !type.getOptions().getMapEntry() && !groups.contains(type.getName()))
        .forEach(this::message);
    message.getEnumTypeList().forEach(this::enumeration);
    List<Integer> begun = new ArrayList<>();
    for (FieldDescriptorProto field : message.getFieldList()) {
      boolean inOneof = field.hasOneofIndex() && !field.getProto3Optional();
      if (!inOneof) {
        field(field, nested, labelOf(field));
      } else if (!begun.contains(field.getOneofIndex())) {
        begun.add(field.getOneofIndex());
        oneof(message, field.getOneofIndex());
      }
    }
    for (ExtensionRange range : message.getExtensionRangeList()) {
      line("extensions " + range(range.getStart(), range.getEnd() - 1, LAST_FIELD) + ";");
    }
    for (ReservedRange range : message.getReservedRangeList()) {
      line("reserved " + range(range.getStart(), range.getEnd() - 1, LAST_FIELD) + ";");
    }
    reservedNames(message.getReservedNameList());
    extensions(message.getExtensionList(), nested);
  }

  private void oneof(DescriptorProto message, int index) {
    begin("oneof " + message.getOneofDecl(index).getName());
    for (FieldDescriptorProto field : message.getFieldList()) {
      if (field.hasOneofIndex() && field.getOneofIndex() == index) {
        field(field, message.getNestedTypeList(), "");
      }
    }
    end();
  }

  private void extensions(List<FieldDescriptorProto> fields, List<DescriptorProto> nested) {
    for (FieldDescriptorProto field : fields) {
      begin("extend " + field.getExtendee());
      field(field, nested, labelOf(field));
      end();
    }
  }

  private String labelOf(FieldDescriptorProto field) {
    if (proto3 && field.getLabel() == Label.LABEL_OPTIONAL && !field.getProto3Optional()) {
      return "";
    }
    return field.getLabel().name().substring("LABEL_".length()).toLowerCase(Locale.ROOT) + " ";
  }

  private void field(FieldDescriptorProto field, List<DescriptorProto> nested, String label) {
    DescriptorProto type =
        nested.stream()
            .filter(one -> one.getName().equals(simpleName(field)))
            .findFirst()
            .orElse(DescriptorProto.getDefaultInstance());
    String number = " = " + field.getNumber();
    if (field.getType() == Type.TYPE_GROUP) {
      begin(label + "group " + simpleName(field) + number);
      body(type);
      end();
    } else if (type.getOptions().getMapEntry()) {
      line(
          String.format(
              "map<%s, %s> %s%s;",
              typeOf(type.getField(0)), typeOf(type.getField(1)), field.getName(), number));
    } else {
      line(label + typeOf(field) + " " + field.getName() + number + optionsOf(field) + ";");
    }
  }

  private static String typeOf(FieldDescriptorProto field) {
    return field.getTypeName().isEmpty()
        ? field.getType().name().substring("TYPE_".length()).toLowerCase(Locale.ROOT)
        : field.getTypeName();
  }

  private static String optionsOf(FieldDescriptorProto field) {
    List<String> options = new ArrayList<>();
    if (field.hasDefaultValue()) {
      options.add("default = " + defaultOf(field));
    }
    if (field.getOptions().hasPacked()) {
      options.add("packed = " + field.getOptions().getPacked());
    }
    return options.isEmpty() ? "" : " [" + String.join(", ", options) + "]";
  }

  private static String defaultOf(FieldDescriptorProto field) {
    String value = field.getDefaultValue();
    return switch (field.getType()) {
      case TYPE_STRING -> quote(value);
      case TYPE_BYTES -> "\"" + value + "\""; // escaped already
      default -> value;
    };
  }

  private static String quote(String value) {
    return "\""
        + value
            .replace("\\", "\\\\")
            .replace("\"", "\\\"")
            .replace("\n", "\\n")
            .replace("\r", "\\r")
        + "\"";
  }

  private void enumeration(EnumDescriptorProto type) {
    begin("enum " + type.getName());
    if (type.getOptions().getAllowAlias()) {
      line("option allow_alias = true;");
    }
    for (EnumValueDescriptorProto value : type.getValueList()) {
      line(value.getName() + " = " + value.getNumber() + ";");
    }
    for (EnumReservedRange range : type.getReservedRangeList()) {
      line("reserved " + range(range.getStart(), range.getEnd(), Integer.MAX_VALUE) + ";");
    }
    reservedNames(type.getReservedNameList());
    end();
  }

  private void reservedNames(List<String> names) {
    if (!names.isEmpty()) {
      line(
          names.stream().map(ProtoText::quote).collect(Collectors.joining(", ", "reserved ", ";")));
    }
  }

  private static String range(int first, int last, int max) {
    return first == last ? "" + first : first + " to " + (last == max ? "max" : "" + last);
  }

  private static String simpleName(FieldDescriptorProto field) {
    return field.getTypeName().substring(field.getTypeName().lastIndexOf('.') + 1);
  }

  private void begin(String declaration) {
    line(declaration + " {");
    depth++;
  }

  private void end() {
    depth--;
    line("}");
  }

  private void line(String line) {
    text.append("  ".repeat(depth)).append(line).append('\n');
  }
}
