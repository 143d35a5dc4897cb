package io.tidemark.config;

import io.tidemark.api.SystemStream;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A part of a job: tasks of the same code over the partitions of the same inputs.
 *
 * @param name its name; {@link #MAIN} for the only stage of a job that names none
 * @param keys what the keys of its settings begin with: {@code task.} or {@code stages.<name>.}
 * @param taskClass the tasks' class; null if the program that embeds the job makes the tasks
 * @param inputs the streams that are read, by their names in their systems
 * @param stores the names of the stores that its tasks have, beside those that are broadcast
 * @param tasks how many tasks it has; null for as many as its inputs have partitions
 */
public record StageDefinition(
    String name,
    String keys,
    @Nullable String taskClass,
    List<SystemStream> inputs,
    Set<String> stores,
    @Nullable Integer tasks) {
  /** The name of the stage of a job that does not name any. */
  public static final String MAIN = "main";

  public StageDefinition {
    inputs = List.copyOf(inputs);
    stores = Set.copyOf(stores);
  }

  /** The key of one of its settings, such as {@code inputs}. */
  public String key(String setting) {
    return keys + setting;
  }

  /** The key of the number of its tasks. */
  public String tasksKey() {
    return keys.equals("task.") ? "task.count" : key("tasks");
  }
}
