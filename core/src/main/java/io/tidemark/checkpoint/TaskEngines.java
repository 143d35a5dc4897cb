package io.tidemark.checkpoint;

import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The engines of a task that runs, as a snapshot of it needs them. Any thread may call it. */
public interface TaskEngines {

  /** The types of the task's engines, and the names of the stores that each has, by index. */
  SortedMap<String, List<String>> stores();

  /** As {@link io.tidemark.state.StorageEngine#freeze}, of the engine of a type. */
  EngineCommit freeze(String type, Path into, long mostUnflushed);

  /**
   * Opens what was frozen, for reading only; its stores have the indexes that {@link #stores} says.
   * Null if the files cannot be read so.
   */
  @Nullable EngineFiles open(String type, Path directory);
}
