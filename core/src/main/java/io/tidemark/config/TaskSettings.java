package io.tidemark.config;

import io.tidemark.api.SystemStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all tasks of the job have in common. Times of -1 mean never.
 *
 * @param taskClass the task's class; null if the program that embeds the job makes the tasks
 * @param inputs the streams that are read, by their names in their systems
 * @param exactlyOnce whether a commit is one transaction with the records sent
 * @param commitMs the time from one commit to the next
 * @param commitMaxBytes the uncommitted bytes of a worker that bring its commit forward
 * @param windowMs the time from one call of {@code window} to the next
 * @param maxConcurrency how many messages an asynchronous task may have in work at a time
 * @param callbackTimeoutMs how long an asynchronous task may take for one message
 * @param shutdownMs how long a container may take to finish and commit when it is told to stop
 */
public record TaskSettings(
    @Nullable String taskClass,
    List<SystemStream> inputs,
    boolean exactlyOnce,
    long commitMs,
    long commitMaxBytes,
    long windowMs,
    int maxConcurrency,
    long callbackTimeoutMs,
    long shutdownMs) {
  public TaskSettings {
    inputs = List.copyOf(inputs);
  }
}
