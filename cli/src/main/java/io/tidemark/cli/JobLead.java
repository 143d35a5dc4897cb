package io.tidemark.cli;

import org.jspecify.annotations.Nullable;

/** What a supervisor asks of the job's coordinator. Any thread may call it. */
interface JobLead {
  /** Of containers that nobody leads: each ends when it is told to. */
  JobLead NOBODY =
      new JobLead() {
        @Override
        public void requestStop() {}

        @Override
        public boolean isStopOrdered() {
          return true;
        }

        @Override
        public void processEnded() {}

        @Override
        public @Nullable Throwable failure() {
          return null;
        }
      };

  /** Stops the job, after a checkpoint if the configuration says so. Returns at once. */
  void requestStop();

  /** Whether containers are told to end by now. */
  boolean isStopOrdered();

  /** A container's process has ended: its tasks need not wait for the end of its lease. */
  void processEnded();

  /** Why the job is led no more; null if it is. */
  @Nullable Throwable failure();
}
