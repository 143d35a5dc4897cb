package io.tidemark.coordinator;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The fields of a JSON object in the metadata; what is missing or of another kind is an error. */
final class MetadataFields {
  private final Map<?, ?> fields;

  private MetadataFields(Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("an object is missing");
    }
    this.fields = map;
  }

  /**
   * Reads an entry.
   *
   * @throws MetadataException (TM-8311) if it is not of this form
   */
  static <T> T read(
      String name, byte[] bytes, java.util.function.Function<MetadataFields, T> reading) {
    try {
      return reading.apply(
          new MetadataFields(MetadataJson.read(new String(bytes, StandardCharsets.UTF_8))));
    } catch (IllegalArgumentException e) {
      throw new MetadataException(
          MetadataException.DAMAGED,
          "the entry "
              + name
              + " of the job's metadata cannot be understood: "
              + e.getMessage()
              + "; it was written by another version of Tidemark, or by somebody else",
          e);
    }
  }

  static byte[] write(Map<String, Object> fields) {
    return MetadataJson.write(fields).getBytes(StandardCharsets.UTF_8);
  }

  long number(String name) {
    return field(name, Long.class);
  }

  int integer(String name) {
    return Math.toIntExact(number(name));
  }

  String text(String name) {
    return field(name, String.class);
  }

  boolean truth(String name) {
    return field(name, Boolean.class);
  }

  MetadataFields object(String name) {
    return new MetadataFields(field(name, Map.class));
  }

  List<MetadataFields> objects(String name) {
    List<MetadataFields> objects = new ArrayList<>();
    for (Object element : field(name, List.class)) {
      objects.add(new MetadataFields(element));
    }
    return objects;
  }

  /** The same of a field that is left out when it would be empty. */
  List<MetadataFields> objectsIfAny(String name) {
    return fields.containsKey(name) ? objects(name) : List.of();
  }

  private <T> T field(String name, Class<T> type) {
    Object value = fields.get(name);
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException("the field " + name + " is missing");
    }
    return type.cast(value);
  }
}
