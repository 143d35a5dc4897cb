package io.tidemark.systems.kafka;

import io.tidemark.journal.JournalContract;
import io.tidemark.journal.JournalFactory;

class KafkaJournalTest extends JournalContract {
  private final Cluster cluster = Cluster.shared();

  @Override
  protected JournalFactory open() {
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
