package io.tidemark.system;

import java.util.Map;

/**
 * A stream to create.
 *
 * @param name its name
 * @param partitions how many partitions
 * @param properties settings of the system for this stream, such as {@code retention.ms}
 * @param keptForever whether the system may not remove records by itself, unless {@code properties}
 *     say so
 */
public record StreamSpec(
    String name, int partitions, Map<String, String> properties, boolean keptForever) {

  /** A stream whose records are kept as long as the system keeps any. */
  public StreamSpec(String name, int partitions, Map<String, String> properties) {
    this(name, partitions, properties, false);
  }
}
