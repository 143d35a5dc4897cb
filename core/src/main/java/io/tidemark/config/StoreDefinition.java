package io.tidemark.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A store that every task of the job has.
 *
 * @param name its name, as tasks ask for it
 * @param factory the short name or the class of its engine's factory
 * @param keySerde the serde of its keys
 * @param msgSerde the serde of its values
 * @param scope what it is split by when tasks are
 * @param partitioningKey the class of its {@link io.tidemark.api.PartitioningKey}; null where a key
 *     is its own
 * @param cache in which form entries are kept in memory
 * @param ttlMs how long an entry lives after its last write; 0 for ever
 * @param maxValueBytes how large a serialized value may be
 * @param migrations the classes of its {@link io.tidemark.api.ValueMigration}s, in order
 * @param migrate when they are applied
 * @param source the stream that feeds it; null if tasks write it
 * @param properties everything under {@code stores.<name>.}, that prefix taken away
 */
public record StoreDefinition(
    String name,
    String factory,
    String keySerde,
    String msgSerde,
    StoreScope scope,
    @Nullable String partitioningKey,
    StoreCache cache,
    long ttlMs,
    int maxValueBytes,
    List<String> migrations,
    StoreMigrate migrate,
    @Nullable StoreSource source,
    Map<String, String> properties) {
  public StoreDefinition {
    migrations = List.copyOf(migrations);
    properties = Map.copyOf(properties);
  }

  /** Whether a stream feeds it, each task's from its own partition. */
  public boolean isFedByPartition() {
    return source != null && source.mode() == StoreSource.Mode.PARTITION;
  }

  /** Whether each container has it once, for all tasks, and a stream feeds it. */
  public boolean isBroadcast() {
    return source != null && source.mode() == StoreSource.Mode.BROADCAST;
  }
}
