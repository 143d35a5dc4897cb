package io.tidemark.config;

/** In which form a store keeps entries in memory. */
public enum StoreCache {
  /** As objects. */
  OBJECTS,
  /** As serialized. */
  BYTES,
  /** Not at all. */
  OFF
}
