package io.tidemark.systems.kafka;

import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalFactory;
import io.tidemark.system.SystemAdmin;
import io.tidemark.system.SystemConsumer;
import io.tidemark.system.SystemProducer;

/**
 * One Kafka cluster. Talks to it with the first call that needs an answer, never before. Any
 * thread.
 */
final class KafkaSystem implements JournalFactory {
  private final KafkaSettings settings;
  private final KafkaAdmin admin;

  KafkaSystem(KafkaSettings settings) {
    this.settings = settings;
    this.admin = new KafkaAdmin(settings);
  }

  @Override
  public SystemAdmin admin() {
    return admin;
  }

  @Override
  public SystemConsumer consumer(String clientId) {
    return new KafkaSystemConsumer(settings, admin, clientId);
  }

  @Override
  public SystemProducer producer(String clientId) {
    return new KafkaSystemProducer(new RecordSender(settings, admin, clientId));
  }

  @Override
  public Journal journal(String name) {
    return new KafkaJournal(settings, admin, name);
  }

  @Override
  public void close() {
    admin.close();
  }
}
