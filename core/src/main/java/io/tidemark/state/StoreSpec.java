package io.tidemark.state;

import io.tidemark.api.PartitioningKey;
import io.tidemark.api.Serde;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A store to open for one task.
 *
 * @param name its name
 * @param engine the type of its engine
 * @param keySerde for keys; not used by another task
 * @param valueSerde for values; not used by another task
 * @param partitioningKey which part of the key decides its slot; null if all of it
 * @param splittable whether entries go by slot; otherwise the whole store moves with its task
 * @param cache in which form entries are kept in memory
 * @param ttlMs how long an entry lives after its last write; 0 for ever
 * @param maxValueBytes how large a serialized value may be
 * @param migrations how values of former schemas become those of the serde
 * @param properties the engine's settings
 */
public record StoreSpec(
    String name,
    String engine,
    Serde<Object> keySerde,
    Serde<Object> valueSerde,
    @Nullable PartitioningKey<Object> partitioningKey,
    boolean splittable,
    CacheMode cache,
    long ttlMs,
    int maxValueBytes,
    Migrations migrations,
    Map<String, String> properties) {

  /** A store without migrations. */
  public StoreSpec(
      String name,
      String engine,
      Serde<Object> keySerde,
      Serde<Object> valueSerde,
      @Nullable PartitioningKey<Object> partitioningKey,
      boolean splittable,
      CacheMode cache,
      long ttlMs,
      int maxValueBytes,
      Map<String, String> properties) {
    this(
        name,
        engine,
        keySerde,
        valueSerde,
        partitioningKey,
        splittable,
        cache,
        ttlMs,
        maxValueBytes,
        Migrations.NONE,
        properties);
  }
}
