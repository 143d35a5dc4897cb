package io.tidemark.journal;

import java.util.ArrayList;
import java.util.List;

/**
 * What a task remembers of one of its stores, so that nobody opens it as another.
 *
 * <p>Each stored value begins with a number: its index in {@code valueSchemas}. So that list only
 * grows, and a number never means another schema.
 *
 * @param name the store's name
 * @param format the version of the form in which keys and values are stored
 * @param keySchema what {@link io.tidemark.api.Serde#schema} said of its keys
 * @param scope {@code partition} or {@code task}: what it is split by when tasks are
 * @param partitioningKey the class of its {@link io.tidemark.api.PartitioningKey}; empty where a
 *     key is its own
 * @param valueSchemas what {@link io.tidemark.api.Serde#schema} said of its values, all that there
 *     ever were in the order in which they came
 */
public record StoreIdentity(
    String name,
    int format,
    String keySchema,
    String scope,
    String partitioningKey,
    List<String> valueSchemas) {
  public StoreIdentity {
    valueSchemas = List.copyOf(valueSchemas);
  }

  /** The same with one more schema of values. */
  public StoreIdentity withValueSchema(String schema) {
    List<String> schemas = new ArrayList<>(valueSchemas);
    schemas.add(schema);
    return new StoreIdentity(name, format, keySchema, scope, partitioningKey, schemas);
  }
}
