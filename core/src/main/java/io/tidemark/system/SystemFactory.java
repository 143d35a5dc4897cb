package io.tidemark.system;

/**
 * Opens systems of one kind, such as Kafka clusters. Found by {@link java.util.ServiceLoader}; one
 * object serves all jobs of a process.
 */
public interface SystemFactory {

  /** The name that {@code systems.<name>.factory} uses, such as {@code kafka}. */
  String type();

  /**
   * Opens a system. Does not talk to it yet.
   *
   * @throws io.tidemark.api.ConfigException if a setting is wrong
   */
  StreamSystem open(SystemSettings settings);
}
