package io.tidemark.systems.kafka;

import io.tidemark.journal.Guarantee;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalWriter;
import io.tidemark.system.StreamSpec;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A journal in a topic. Any thread. */
final class KafkaJournal implements Journal {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaJournal.class);

  private final KafkaSettings settings;
  private final KafkaAdmin admin;
  private final JournalTopic topic;

  KafkaJournal(KafkaSettings settings, KafkaAdmin admin, String name) {
    this.settings = settings;
    this.admin = admin;
    this.topic = JournalTopic.of(name, settings);
  }

  @Override
  public int create(int partitions) {
    admin.create(new StreamSpec(topic.name(), partitions, topic.settings()));
    topic.check(admin.topicSettings(topic.name()));
    return admin.partitionCounts(List.of(topic.name())).getOrDefault(topic.name(), partitions);
  }

  @Override
  public int maxRecordBytes() {
    return topic.maxRecordBytes();
  }

  @Override
  public JournalWriter writer(String writerName, Guarantee guarantee) {
    JournalWriter writer =
        guarantee == Guarantee.EXACTLY_ONCE
            ? new TransactionalWriter(writerName, topic, settings, admin)
            : new AtLeastOnceWriter(writerName, topic, settings, admin);
    LOG.info("{} writes the journal {}, {}", writerName, topic.name(), guarantee);
    return writer;
  }

  @Override
  public void fence(String writerName) {
    admin.fence(TransactionalWriter.transactionalIds(writerName));
    LOG.info("{} may no longer write to system {}", writerName, settings.name());
  }

  @Override
  public void trim(int partition, long position) {
    admin.trim(new TopicPartition(topic.name(), partition), position);
  }

  @Override
  public JournalReader reader() {
    return new KafkaJournalReader(settings, admin, topic.name());
  }

  @Override
  public void close() {
    // The system has the connection.
  }
}
