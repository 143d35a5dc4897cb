package io.tidemark.serdes.protobuf;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.TextFormat;
import com.google.protobuf.TextFormat.ParseException;

/** Files as a compiler would describe them. */
final class Schemas {
  private Schemas() {}

  static FileDescriptor file(String description, FileDescriptor... imported) {
    FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder();
    try {
      TextFormat.merge(description, file);
      return FileDescriptor.buildFrom(file.build(), imported);
    } catch (ParseException | DescriptorValidationException e) {
      throw new AssertionError(e);
    }
  }
}
