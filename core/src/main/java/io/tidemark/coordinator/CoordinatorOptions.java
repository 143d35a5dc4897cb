package io.tidemark.coordinator;

/**
 * How a coordinator goes about its job.
 *
 * @param plan the job
 * @param expectedContainers how many containers are waited for before tasks are given out
 * @param containerWaitMs for how long, from when the first has come
 * @param heartbeatMs how often a container is heard of
 * @param leaseMs how long one that is not heard of may go on
 * @param movesAtATime how many running tasks are moved at the same time
 * @param moveWaitMs how long a running task waits for its new owner to restore, before it is moved
 *     all the same
 * @param checkpoints when checkpoints are taken
 */
public record CoordinatorOptions(
    JobPlan plan,
    int expectedContainers,
    long containerWaitMs,
    long heartbeatMs,
    long leaseMs,
    int movesAtATime,
    long moveWaitMs,
    CheckpointPolicy checkpoints) {
  private static final long CONTAINER_WAIT_MS = 3_000;
  private static final long MOVE_WAIT_MS = 600_000;

  /** With the usual limits on moves and waiting. */
  public static CoordinatorOptions of(
      JobPlan plan,
      int expectedContainers,
      long heartbeatMs,
      long leaseMs,
      CheckpointPolicy checkpoints) {
    return new CoordinatorOptions(
        plan,
        expectedContainers,
        CONTAINER_WAIT_MS,
        heartbeatMs,
        leaseMs,
        1,
        MOVE_WAIT_MS,
        checkpoints);
  }
}
