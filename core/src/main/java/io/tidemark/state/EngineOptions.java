package io.tidemark.state;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What an engine is opened with.
 *
 * @param directory the engine's own directory; it exists
 * @param task the task's name, for messages
 * @param stores the stores it keeps; the index in this list is what {@link StorageEngine} calls
 *     {@code store}. A store that was there before under the same name keeps its contents, whatever
 *     its index
 */
public record EngineOptions(Path directory, String task, List<Store> stores) {

  /**
   * A store.
   *
   * @param name its name
   * @param properties everything under {@code stores.<name>.}, that prefix taken away
   */
  public record Store(String name, Map<String, String> properties) {}
}
