package io.tidemark.systems.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.ConfigException;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalFactory;
import io.tidemark.system.StreamSpec;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JournalTopicTest {
  private final String name = "journal-" + UUID.randomUUID();

  @Test
  void aTopicThatForgetsCannotHoldAJournal() {
    refuses(Map.of("cleanup.policy", "compact"), "cleanup.policy=delete");
    refuses(Map.of("cleanup.policy", "compact,delete"), "cleanup.policy=delete");
    refuses(Map.of("retention.ms", "604800000", "max.message.bytes", "2000000"), "retention.ms=-1");
    refuses(Map.of("retention.ms", "-1", "retention.bytes", "1000000"), "retention.bytes=-1");
  }

  @Test
  void aTopicThatRefusesLargeRecordsCannotHoldAJournal() {
    refuses(
        Map.of("retention.ms", "-1", "retention.bytes", "-1", "max.message.bytes", "1000000"),
        "max.message.bytes=1572864");
  }

  @Test
  void aTopicMadeByHandWithTheRightSettingsIsTakenAsItIs() {
    try (JournalFactory system = Cluster.shared().open()) {
      system
          .admin()
          .create(
              new StreamSpec(
                  name, 3, Map.of("retention.ms", "-1", "max.message.bytes", "4000000")));
      assertThat(system.journal(name).create(8)).isEqualTo(3);
    }
  }

  @Test
  void aSmallRequestSizeMakesSmallJournalRecords() {
    try (JournalFactory system =
        Cluster.shared().open(Map.of("producer.max.request.size", "100000"))) {
      assertThat(system.journal(name).maxRecordBytes()).isEqualTo(100_000 - 4096);
    }
  }

  private void refuses(Map<String, String> settings, String correction) {
    String topic = name + "-" + Integer.toHexString(settings.hashCode());
    try (JournalFactory system = Cluster.shared().open()) {
      system.admin().create(new StreamSpec(topic, 1, settings));
      Journal journal = system.journal(topic);
      assertThatThrownBy(() -> journal.create(1))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("TM-1052")
          .hasMessageContaining("--entity-name " + topic + " --add-config")
          .hasMessageContaining(correction);
    }
  }
}
