package io.tidemark.config;

/** When the values of a store's former schemas are migrated. */
public enum StoreMigrate {
  /** As they are read, and in the background. */
  LAZY,
  /** All of them before the task begins. */
  EAGER
}
