package io.tidemark.config;

import java.util.Map;

/**
 * A system that the job uses.
 *
 * @param name its name in this job
 * @param factory the short name or the class of its factory
 * @param keySerde the serde of keys in streams that name none
 * @param msgSerde the serde of messages in streams that name none
 * @param properties everything under {@code systems.<name>.}, that prefix taken away
 */
public record SystemDefinition(
    String name, String factory, String keySerde, String msgSerde, Map<String, String> properties) {
  public SystemDefinition {
    properties = Map.copyOf(properties);
  }

  /** Without the properties, some of which are secrets. */
  @Override
  public String toString() {
    return "system " + name + " (" + factory + ")";
  }
}
