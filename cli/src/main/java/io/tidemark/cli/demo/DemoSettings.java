package io.tidemark.cli.demo;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What to show.
 *
 * @param input the log to count, plain or gzip; null to generate one
 * @param lines how many lines to generate, or to read at most
 * @param seed decides the generated log
 * @param partitions of the log's topic
 * @param containers how many processes run the job
 * @param kill whether one of them is killed
 * @param keep whether everything stays until the user interrupts
 */
public record DemoSettings(
    @Nullable Path input,
    long lines,
    long seed,
    int partitions,
    int containers,
    boolean kill,
    boolean keep) {}
