package io.tidemark.api;

/** The container a task runs in. */
public interface ContainerContext {

  /** The container's number within the job, from 0. */
  int getContainerId();
}
