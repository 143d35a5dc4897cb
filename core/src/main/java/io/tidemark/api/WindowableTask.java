package io.tidemark.api;

/** A task that is called every {@code task.window.ms}, between two records. */
@FunctionalInterface
public interface WindowableTask {

  /** Called by the thread that also calls {@code process}; never while a record is in flight. */
  void window(MessageCollector collector, TaskCoordinator coordinator) throws Exception;
}
