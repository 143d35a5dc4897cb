package io.tidemark.config;

/**
 * When a container that died is started again.
 *
 * @param max how often within the window; once more, and the job fails
 * @param windowMs the window
 * @param backoffMs the pause before the first restart, doubled for each further one in the window
 * @param backoffMaxMs the longest pause
 */
public record RestartSettings(int max, long windowMs, long backoffMs, long backoffMaxMs) {}
