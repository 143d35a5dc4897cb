package io.tidemark.serdes.registry;

import java.util.List;

/**
 * A schema as a registry keeps it.
 *
 * @param kind its language
 * @param text the schema in that language
 * @param references what it takes from other ones
 */
public record RegisteredSchema(SchemaKind kind, String text, List<SchemaReference> references) {
  public RegisteredSchema {
    references = List.copyOf(references);
  }

  /** A schema that stands on its own. */
  public RegisteredSchema(SchemaKind kind, String text) {
    this(kind, text, List.of());
  }
}
