package io.tidemark.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the job's coordinator answers, and how long it is waited for.
 *
 * @param address where it listens, not resolved; null: only containers of its own process reach it
 * @param heartbeatMs how often a container tells how it is
 * @param leaseMs how long a container that is not heard of may go on, and its tasks wait
 * @param metadataStore the kind of the store that keeps the job's metadata
 * @param metadataPath where the metadata store {@code file} keeps it; absolute
 */
public record CoordinatorSettings(
    @Nullable InetSocketAddress address,
    long heartbeatMs,
    long leaseMs,
    String metadataStore,
    Path metadataPath) {}
