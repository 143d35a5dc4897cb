package io.tidemark.config;

/**
 * What all tasks of the job have in common. Times of -1 mean never.
 *
 * @param exactlyOnce whether a commit is one transaction with the records sent
 * @param commitMs the time from one commit to the next
 * @param commitMaxBytes the uncommitted bytes of a worker that bring its commit forward
 * @param windowMs the time from one call of {@code window} to the next
 * @param maxConcurrency how many messages an asynchronous task may have in work at a time
 * @param callbackTimeoutMs how long an asynchronous task may take for one message
 * @param shutdownMs how long a container may take to finish and commit when it is told to stop
 */
public record TaskSettings(
    boolean exactlyOnce,
    long commitMs,
    long commitMaxBytes,
    long windowMs,
    int maxConcurrency,
    long callbackTimeoutMs,
    long shutdownMs) {}
