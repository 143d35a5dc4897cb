package io.tidemark.state;

import org.jspecify.annotations.Nullable;

/** Opens engines of one kind. Found by {@link java.util.ServiceLoader}; one object per process. */
public interface EngineFactory extends AutoCloseable {

  /** The name that {@code stores.<name>.factory} uses, such as {@code rocksdb}. */
  String type();

  /**
   * Bounds the memory outside of the Java heap that all engines of this factory take together.
   * Called before the first {@link #open}; without it a factory chooses by itself.
   */
  default void limitMemory(long bytes) {}

  /** Does beforehand what takes a while and needs no task. Any thread may call it. */
  default void prepare() {}

  /**
   * Opens the engine of one task, creating what is not there. The caller holds the lock on the
   * directory.
   *
   * @throws io.tidemark.api.StateException (TM-3003) if what is there is damaged; (TM-3004) if the
   *     directory cannot be written
   */
  StorageEngine open(EngineOptions options);

  /**
   * Opens what the engine of a task has left in its directory, for reading only. The caller holds
   * the lock on the directory, in which nothing is changed. A store that is not there is empty.
   *
   * @return null if there is nothing, as always with an engine that keeps no files
   * @throws io.tidemark.api.StateException (TM-3003) if what is there is damaged
   */
  default @Nullable EngineFiles openFiles(EngineOptions options) {
    return null;
  }

  /** Frees what the engines of this factory share; they are closed before. */
  @Override
  default void close() {}
}
