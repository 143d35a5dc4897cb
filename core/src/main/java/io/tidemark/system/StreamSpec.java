package io.tidemark.system;

import java.util.Map;

/**
 * A stream to create.
 *
 * @param name its name
 * @param partitions how many partitions
 * @param properties settings of the system for this stream, such as {@code retention.ms}
 */
public record StreamSpec(String name, int partitions, Map<String, String> properties) {}
