package io.tidemark.systems.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.ConfigException;
import io.tidemark.system.SystemSettings;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {

  @Test
  void theAddressIsRequired() {
    assertThatThrownBy(() -> KafkaSettings.of(new SystemSettings("events", "job-1", Map.of())))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("TM-1050")
        .hasMessageContaining("systems.events.bootstrap.servers is missing");
  }

  @Test
  void settingsOfClientsPassThrough() {
    KafkaSettings settings =
        settings(
            Map.of(
                "consumer.fetch.min.bytes", "77",
                "producer.linger.ms", "33",
                "admin.retries", "5",
                "topic.min.insync.replicas", "2"));
    assertThat(settings.consumerProperties("c")).containsEntry("fetch.min.bytes", "77");
    assertThat(settings.producerProperties("p")).containsEntry("linger.ms", "33");
    assertThat(settings.adminProperties()).containsEntry("retries", "5");
    assertThat(settings.topic()).containsEntry("min.insync.replicas", "2");
  }

  @Test
  void theAdminClientIsLetInAsConsumersAreUnlessToldOtherwise() {
    KafkaSettings settings =
        settings(
            Map.of(
                "consumer.security.protocol", "SASL_SSL",
                "consumer.sasl.mechanism", "PLAIN",
                "consumer.ssl.truststore.location", "trust.p12",
                "consumer.fetch.min.bytes", "77",
                "admin.sasl.mechanism", "SCRAM-SHA-256"));
    assertThat(settings.adminProperties())
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "SCRAM-SHA-256")
        .containsEntry("ssl.truststore.location", "trust.p12")
        .doesNotContainKey("fetch.min.bytes");
  }

  @Test
  void settingsThatTidemarkDecidesAreRefusedAllAtOnce() {
    assertThatThrownBy(
            () ->
                settings(
                    Map.of(
                        "consumer.enable.auto.commit", "true",
                        "consumer.isolation.level", "read_uncommitted",
                        "producer.transactional.id", "mine",
                        "producer.acks", "1",
                        "producer.value.serializer", "x.Y",
                        "admin.bootstrap.servers", "elsewhere:9092")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("systems.events.consumer.enable.auto.commit cannot be set")
        .hasMessageContaining("systems.events.consumer.isolation.level cannot be set")
        .hasMessageContaining("(read_committed)")
        .hasMessageContaining("systems.events.producer.transactional.id cannot be set")
        .hasMessageContaining("systems.events.producer.acks cannot be set")
        .hasMessageContaining("systems.events.producer.value.serializer cannot be set")
        .hasMessageContaining("systems.events.admin.bootstrap.servers cannot be set");
  }

  @Test
  void theValueThatTidemarkUsesMayBeRepeated() {
    KafkaSettings settings =
        settings(Map.of("consumer.isolation.level", "READ_COMMITTED", "producer.acks", "all"));
    assertThat(settings.consumerProperties("c")).containsEntry("isolation.level", "read_committed");
  }

  @Test
  void unknownSettingsAndBadNumbersAreRefused() {
    assertThatThrownBy(
            () ->
                settings(
                    Map.of(
                        "linger.ms", "5",
                        "replication.factor", "three",
                        "producer.batch.size", "2000000",
                        "factory", "kafka")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("systems.events.linger.ms is unknown")
        .hasMessageContaining("systems.events.replication.factor=three is not a whole number")
        .hasMessageContaining("systems.events.producer.batch.size is larger than 1048576")
        .hasMessageNotContaining("events.factory");
  }

  @Test
  void whatNobodySeesBeforeItsCommitIsSentInFullBatches() {
    KafkaSettings settings = settings(Map.of());
    assertThat(settings.producerProperties("p")).containsEntry("linger.ms", "5");
    assertThat(settings.transactionalProperties("t"))
        .containsEntry("linger.ms", "100")
        .containsEntry("transactional.id", "t");
    assertThat(settings(Map.of("producer.linger.ms", "33")).transactionalProperties("t"))
        .containsEntry("linger.ms", "33");
  }

  private static KafkaSettings settings(Map<String, String> properties) {
    Map<String, String> all = new HashMap<>(properties);
    all.put("bootstrap.servers", "localhost:9092");
    return KafkaSettings.of(new SystemSettings("events", "job-1", all));
  }
}
