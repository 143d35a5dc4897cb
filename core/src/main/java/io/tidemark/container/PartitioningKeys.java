package io.tidemark.container;

import io.tidemark.api.PartitioningKey;
import io.tidemark.api.Serde;
import io.tidemark.config.Plugins;
import io.tidemark.config.Serdes;
import io.tidemark.config.StoreDefinition;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Finds the partitioning keys of keys that come from outside of the tasks. It has serdes of its
 * own, as those of a task are confined to its worker. Any thread may call it.
 */
final class PartitioningKeys {
  private final Map<String, Part> parts = new HashMap<>();

  /** What tells the partitioning key of one store. Serdes need not be safe for several threads. */
  private record Part(Serde<?> keySerde, PartitioningKey<Object> partitioningKey) {
    synchronized byte[] of(byte[] key) {
      Object object = Objects.requireNonNull(keySerde.fromBytes(key), "the serde read null");
      return partitioningKey.of(object, key);
    }
  }

  @SuppressWarnings("unchecked") // the key function and the serde are configured for one store
  PartitioningKeys(Collection<StoreDefinition> stores, Serdes serdes) {
    for (StoreDefinition store : stores) {
      String partitioningKey = store.partitioningKey();
      if (partitioningKey != null) {
        String prefix = "stores." + store.name();
        parts.put(
            store.name(),
            new Part(
                serdes.create(prefix + ".key.serde", store.keySerde()),
                (PartitioningKey<Object>)
                    Plugins.create(
                        PartitioningKey.class, prefix + ".partitioning.key", partitioningKey)));
      }
    }
  }

  /**
   * The partitioning key; the key itself unless the store's configuration says otherwise.
   *
   * @throws IllegalArgumentException if the key cannot be read
   */
  byte[] of(String store, byte[] key) {
    Part part = parts.get(store);
    if (part == null) {
      return key;
    }
    try {
      return part.of(key);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          String.format(
              "the key of store %s cannot be read with %s, which its partition depends on: %s",
              store, part.keySerde.getClass().getName(), e),
          e);
    }
  }
}
