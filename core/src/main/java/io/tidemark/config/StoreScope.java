package io.tidemark.config;

/** What a store is split by when tasks are. */
public enum StoreScope {
  /** Its keys are spread over slots and follow them. */
  PARTITION,
  /** It is one whole that moves with its task and cannot be split. */
  TASK
}
