package io.tidemark.container;

import io.tidemark.api.Config;
import io.tidemark.api.ContainerContext;
import io.tidemark.api.Context;
import io.tidemark.api.JobContext;
import io.tidemark.api.TaskContext;

/** A task's surroundings. */
final class JobContexts implements Context, JobContext, ContainerContext {
  private final Config config;
  private final String jobName;
  private final String jobId;
  private final int container;
  private final TaskContext task;

  JobContexts(Config config, String jobName, String jobId, int container, TaskContext task) {
    this.config = config;
    this.jobName = jobName;
    this.jobId = jobId;
    this.container = container;
    this.task = task;
  }

  @Override
  public JobContext getJobContext() {
    return this;
  }

  @Override
  public ContainerContext getContainerContext() {
    return this;
  }

  @Override
  public TaskContext getTaskContext() {
    return task;
  }

  @Override
  public Config getConfig() {
    return config;
  }

  @Override
  public String getJobName() {
    return jobName;
  }

  @Override
  public String getJobId() {
    return jobId;
  }

  @Override
  public int getContainerId() {
    return container;
  }
}
