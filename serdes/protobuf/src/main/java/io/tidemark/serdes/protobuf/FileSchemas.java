package io.tidemark.serdes.protobuf;

import com.google.protobuf.Descriptors.FileDescriptor;
import io.tidemark.serdes.registry.RegisteredSchema;
import io.tidemark.serdes.registry.SchemaKind;
import io.tidemark.serdes.registry.SchemaReference;
import io.tidemark.serdes.registry.SubjectSchema;
import io.tidemark.serdes.registry.SubjectVersion;
import java.util.ArrayList;
import java.util.List;

/**
 * The schema of a file for a registry. The files that it imports are schemas of their own, under
 * their names as subjects; those of Protobuf itself every registry has.
 */
final class FileSchemas {
  private static final String OF_PROTOBUF = "google/protobuf/";

  private FileSchemas() {}

  static RegisteredSchema of(FileDescriptor file, SubjectSchema subject) {
    return of(file, ProtoText.of(file), subject);
  }

  /**
   * @param text the file's text, if it is at hand
   */
  static RegisteredSchema of(FileDescriptor file, String text, SubjectSchema subject) {
    List<SchemaReference> references = new ArrayList<>();
    for (FileDescriptor imported : file.getDependencies()) {
      String name = imported.getName();
      if (!name.startsWith(OF_PROTOBUF)) {
        SubjectVersion place = subject.place(name, of(imported, subject));
        references.add(new SchemaReference(name, place.subject(), place.version()));
      }
    }
    return new RegisteredSchema(SchemaKind.PROTOBUF, text, references);
  }
}
