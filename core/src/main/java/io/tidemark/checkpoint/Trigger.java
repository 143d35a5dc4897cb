package io.tidemark.checkpoint;

/** What causes a checkpoint. */
public enum Trigger {
  /** The interval has passed. */
  INTERVAL,
  /** So many bytes were committed. */
  BYTES,
  /** So many records were processed. */
  RECORDS,
  /** A recovery would take longer than is wanted. */
  RECOVERY_TARGET,
  /** A task asked. */
  TASK,
  /** A person or a program asked, by the command or the API. */
  REQUEST,
  /** The job stops. */
  SHUTDOWN
}
