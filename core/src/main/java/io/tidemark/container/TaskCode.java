package io.tidemark.container;

import io.tidemark.api.AsyncStreamTask;
import io.tidemark.api.ConfigException;
import io.tidemark.api.StreamTask;
import io.tidemark.config.Plugins;
import io.tidemark.config.StageDefinition;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes the user's task objects. */
final class TaskCode {
  private TaskCode() {}

  /**
   * What makes tasks: the given supplier, or else the class that configuration names.
   *
   * @throws ConfigException (TM-1003) when asked for a task that is none
   */
  static Supplier<Object> of(@Nullable Supplier<?> given, StageDefinition stage) {
    return () -> {
      Object task =
          given != null
              ? Objects.requireNonNull(given.get(), "the supplier of tasks gave null")
              : Plugins.create(
                  Object.class, stage.key("class"), Objects.requireNonNull(stage.taskClass()));
      if (!(task instanceof StreamTask) && !(task instanceof AsyncStreamTask)) {
        throw isNoTask(stage.key("class"), task.getClass());
      }
      return task;
    };
  }

  static ConfigException isNoTask(String key, Class<?> type) {
    return new ConfigException(
        "TM-1003",
        key
            + "="
            + type.getName()
            + ": the class is neither a StreamTask nor an AsyncStreamTask; implement one of them");
  }
}
