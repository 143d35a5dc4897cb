package io.tidemark.systems.kafka;

import io.tidemark.system.StreamSystem;
import io.tidemark.system.SystemContract;

class KafkaSystemTest extends SystemContract {
  private final Cluster cluster = Cluster.shared();

  @Override
  protected StreamSystem open() {
    return cluster.open();
  }

  @Override
  protected String systemName() {
    return Cluster.NAME;
  }

  @Override
  protected void trim(String stream, int partition, String offset) {
    cluster.trim(stream, partition, offset);
  }
}
