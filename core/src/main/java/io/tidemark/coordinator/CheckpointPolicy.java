package io.tidemark.coordinator;

/**
 * When checkpoints are taken and how many are kept. -1 means never, for all that says when.
 *
 * @param intervalMs the time from one to the next
 * @param bytes after so many committed bytes of all tasks
 * @param records after so many processed records of all tasks
 * @param recoveryTargetMs before the recovery of any task would take longer
 * @param minPauseMs the time from the end of one to the beginning of the next, at least
 * @param timeoutMs how long one may take
 * @param toleratedFailures how many may fail in a row before the job is unhealthy
 * @param retain how many are kept, besides savepoints
 * @param onShutdown whether one is taken before the job stops
 */
public record CheckpointPolicy(
    long intervalMs,
    long bytes,
    long records,
    long recoveryTargetMs,
    long minPauseMs,
    long timeoutMs,
    int toleratedFailures,
    int retain,
    boolean onShutdown) {}
