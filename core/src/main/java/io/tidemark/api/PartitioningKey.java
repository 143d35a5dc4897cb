package io.tidemark.api;

import org.jspecify.annotations.Nullable;

/**
 * Says which part of a store's key decides where the entry belongs when a job is rescaled: the key
 * by which the input was partitioned. Without one ({@code stores.<s>.partitioning.key}) it is the
 * whole key. Needs a public constructor without arguments; confined to one thread.
 */
@FunctionalInterface
public interface PartitioningKey<K> {

  /**
   * The partitioning key within a store's key.
   *
   * @param key the store's key
   * @param bytes the store's key as serialized; not to be changed
   * @return the bytes that the producer of the input hashed
   */
  byte[] of(K key, byte[] bytes);

  /**
   * The partitioning key that all keys have in common whose bytes begin so. Scans of such keys then
   * look in one place instead of in many.
   *
   * @param prefix the beginning of serialized keys
   * @param serde the store's key serde
   * @return null if they need not have one in common
   */
  default byte @Nullable [] ofPrefix(byte[] prefix, Serde<K> serde) {
    return null;
  }
}
