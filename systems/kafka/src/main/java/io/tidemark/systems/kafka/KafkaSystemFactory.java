package io.tidemark.systems.kafka;

import io.tidemark.system.StreamSystem;
import io.tidemark.system.SystemFactory;
import io.tidemark.system.SystemSettings;

/**
 * Opens Kafka clusters: {@code systems.<name>.factory=kafka}. Streams are topics, and offsets are
 * Kafka's, in decimal.
 */
public final class KafkaSystemFactory implements SystemFactory {

  @Override
  public String type() {
    return "kafka";
  }

  @Override
  public StreamSystem open(SystemSettings settings) {
    return new KafkaSystem(KafkaSettings.of(settings));
  }
}
