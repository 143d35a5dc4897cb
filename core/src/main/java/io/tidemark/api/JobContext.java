package io.tidemark.api;

/** The job a task belongs to. */
public interface JobContext {

  /** The whole configuration; keys of the user's own start with {@code app.}. */
  Config getConfig();

  /** {@code job.name}. */
  String getJobName();

  /** {@code job.id}. */
  String getJobId();
}
