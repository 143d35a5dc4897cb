package io.tidemark.state;

/** In which form a store keeps entries in memory. */
public enum CacheMode {
  /** As objects: fastest; what is read is the object that was put. */
  OBJECTS,
  /** As serialized: takes less memory for most values, and each read gives a new object. */
  BYTES,
  /** Not at all, but for what the engine does not have yet. */
  OFF
}
