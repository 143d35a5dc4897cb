package io.tidemark.api;

/** Takes a task's requests to its container. Any thread may call it. */
public interface TaskCoordinator {

  /** Commits soon, before further records of the tasks in scope are handled. */
  void commit(RequestScope scope);

  /**
   * Shuts down: with {@code CURRENT_TASK}, this task gets no more records and the container ends
   * when all of its tasks have asked; with {@code ALL_TASKS_IN_CONTAINER} the container ends.
   * Either way everything handled so far is committed.
   */
  void shutdown(RequestScope scope);

  /**
   * Asks for a checkpoint of the whole job. It is taken soon, unless one is under way or the last
   * one was a short time ago: then a little later. Requests that come meanwhile are one.
   */
  void checkpoint();

  /** Whom a request is about. */
  enum RequestScope {
    /** The task that makes the request. */
    CURRENT_TASK,
    /** Every task of the container. */
    ALL_TASKS_IN_CONTAINER
  }
}
