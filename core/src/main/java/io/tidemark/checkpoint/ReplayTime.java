package io.tidemark.checkpoint;

/**
 * How long the replay of a task's journal took, when it was brought up to date.
 *
 * @param bytes of the changes that were replayed
 * @param ms from the first to the last of them
 */
public record ReplayTime(long bytes, long ms) {}
