package io.tidemark.systems.kafka;

import io.tidemark.api.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The topic that holds a journal: nothing but the job itself may remove anything from it.
 *
 * @param name the topic's name
 * @param maxRecordBytes the largest value that is written to it
 */
record JournalTopic(String name, int maxRecordBytes) {
  private static final int MAX_RECORD_BYTES = 1 << 20;

  /** What a request has besides the one value it must have room for. */
  private static final int REQUEST_OVERHEAD_BYTES = 4 << 10;

  /** Compression may make a value larger, never by half. */
  private static final int MAX_MESSAGE_BYTES = MAX_RECORD_BYTES * 3 / 2;

  private static final Map<String, String> SETTINGS =
      Map.of(
          "cleanup.policy", "delete",
          "retention.ms", "-1",
          "retention.bytes", "-1",
          "max.message.bytes", Integer.toString(MAX_MESSAGE_BYTES));

  static JournalTopic of(String name, KafkaSettings settings) {
    int room = settings.maxRequestBytes() - REQUEST_OVERHEAD_BYTES;
    if (room < REQUEST_OVERHEAD_BYTES) {
      throw new ConfigException(
          "TM-1050",
          "systems.%s.producer.max.request.size=%d leaves no room for journals; remove it"
              .formatted(settings.name(), settings.maxRequestBytes()));
    }
    return new JournalTopic(name, Math.min(MAX_RECORD_BYTES, room));
  }

  /** The settings to create it with. */
  Map<String, String> settings() {
    return SETTINGS;
  }

  /**
   * Throws if a topic of these settings could lose what is written to it, or refuse it.
   *
   * @throws ConfigException (TM-1052) that says how to correct the topic
   */
  void check(Map<String, String> found) {
    Map<String, String> wrong = new TreeMap<>();
    SETTINGS.forEach(
        (key, wanted) -> {
          String value = found.getOrDefault(key, "0");
          boolean right =
              key.equals("max.message.bytes")
                  ? Long.parseLong(value) >= Long.parseLong(wanted)
                  : value.equals(wanted);
          if (!right) {
            wrong.put(key, value);
          }
        });
    if (!wrong.isEmpty()) {
      List<String> corrections = new ArrayList<>();
      wrong.keySet().forEach(key -> corrections.add(key + "=" + SETTINGS.get(key)));
      throw new ConfigException(
          "TM-1052",
          ("The topic %s cannot hold a journal, because of %s. If nothing else uses it: "
                  + "kafka-configs.sh --alter --entity-type topics --entity-name %s --add-config %s")
              .formatted(name, wrong, name, String.join(",", corrections)));
    }
  }

  /** A record for one of its partitions. */
  ProducerRecord<byte[], byte[]> record(int partition, byte[] value) {
    if (value.length > maxRecordBytes) {
      throw new IllegalArgumentException(
          "a journal record of %d bytes; at most %d".formatted(value.length, maxRecordBytes));
    }
    return new ProducerRecord<>(name, partition, null, value);
  }
}
