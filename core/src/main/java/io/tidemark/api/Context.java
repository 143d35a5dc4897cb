package io.tidemark.api;

/** Where a task finds itself. */
public interface Context {

  /** The job. */
  JobContext getJobContext();

  /** The container, that is the process. */
  ContainerContext getContainerContext();

  /** The task. */
  TaskContext getTaskContext();
}
