package io.tidemark.systems.kafka;

import io.tidemark.journal.JournalFactory;
import io.tidemark.system.SystemSettings;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/** A cluster under test, and what only a test does with it. */
record Cluster(LocalKafka kafka) {
  static final String NAME = "kafka";

  static Cluster shared() {
    return new Cluster(LocalKafka.shared());
  }

  JournalFactory open() {
    return open(Map.of());
  }

  /** Opens it as a job would, with these settings besides the address. */
  JournalFactory open(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("factory", "kafka");
    all.put("bootstrap.servers", kafka.bootstrapServers());
    return (JournalFactory)
        new KafkaSystemFactory().open(new SystemSettings(NAME, "contract-1", all));
  }

  Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }

  void trim(String topic, int partition, String offset) {
    try (Admin admin = admin()) {
      admin
          .deleteRecords(
              Map.of(
                  new TopicPartition(topic, partition),
                  RecordsToDelete.beforeOffset(Long.parseLong(offset))))
          .all()
          .get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("cannot trim " + topic, e);
    }
  }
}
