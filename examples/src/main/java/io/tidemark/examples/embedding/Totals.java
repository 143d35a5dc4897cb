package io.tidemark.examples.embedding;

import io.tidemark.api.Config;
import io.tidemark.container.Job;
import io.tidemark.examples.firstjob.CustomerTotalsTask;

/** The first job as a component of a larger program, which starts and stops it. */
public final class Totals implements AutoCloseable {
  private final Config config;
  private Job job;

  public Totals(Config config) {
    this.config = config;
  }

  /** Returns when records are read; throws if the job cannot start. */
  public void start() {
    job = Job.of(config).task(CustomerTotalsTask::new).start();
    job.awaitRunning();
  }

  /** Commits what was processed, and ends. */
  @Override
  public void close() {
    job.close();
  }
}
