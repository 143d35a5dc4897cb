package io.tidemark.systems.kafka;

import io.tidemark.api.ConfigException;
import io.tidemark.system.SystemSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How to reach one Kafka cluster, checked.
 *
 * @param name the system's name
 * @param job the group under which progress is shown
 * @param bootstrapServers where to find the cluster
 * @param connectTimeout how long the first call may take
 * @param replicationFactor of topics to create; -1 for the cluster's default
 * @param topic settings of topics to create
 * @param consumer what the user sets for consumers
 * @param producer what the user sets for producers
 * @param admin what the user sets for admin clients
 */
record KafkaSettings(
    String name,
    String job,
    String bootstrapServers,
    Duration connectTimeout,
    short replicationFactor,
    Map<String, String> topic,
    Map<String, String> consumer,
    Map<String, String> producer,
    Map<String, String> admin) {

  private static final String ANY = "";

  /** Settings that we own, with the one value that users may repeat. */
  private static final Map<String, String> OWNED_BY_CONSUMER =
      Map.ofEntries(
          Map.entry("auto.offset.reset", "none"),
          Map.entry("bootstrap.servers", ANY),
          Map.entry("enable.auto.commit", "false"),
          Map.entry("group.id", ANY),
          Map.entry("group.instance.id", ANY),
          Map.entry("group.protocol", "classic"),
          Map.entry("isolation.level", "read_committed"),
          Map.entry("key.deserializer", ANY),
          Map.entry("value.deserializer", ANY));

  private static final Map<String, String> OWNED_BY_PRODUCER =
      Map.ofEntries(
          Map.entry("acks", "all"),
          Map.entry("bootstrap.servers", ANY),
          Map.entry("enable.idempotence", "true"),
          Map.entry("key.serializer", ANY),
          Map.entry("partitioner.class", ANY),
          Map.entry("partitioner.ignore.keys", "true"),
          Map.entry("transactional.id", ANY),
          Map.entry("transaction.two.phase.commit.enable", "false"),
          Map.entry("value.serializer", ANY));

  private static final Map<String, String> OWNED_BY_ADMIN =
      Map.of("bootstrap.servers", ANY, "bootstrap.controllers", ANY);

  /** Throughput first: a consumer may fetch ahead, and buffers of producers hold whole batches. */
  private static final Map<String, String> CONSUMER_DEFAULTS =
      Map.of(
          "fetch.min.bytes",
          "1",
          "fetch.max.wait.ms",
          "100", // closing waits for the fetch that waits
          "fetch.max.bytes",
          Integer.toString(32 << 20),
          "max.partition.fetch.bytes",
          Integer.toString(1 << 20), // the partitions of a worker take turns
          "max.poll.records",
          "4000",
          "receive.buffer.bytes",
          Integer.toString(1 << 20));

  private static final Map<String, String> PRODUCER_DEFAULTS =
      Map.of(
          "linger.ms", "5",
          "batch.size", Integer.toString(256 << 10),
          "buffer.memory", Integer.toString(64 << 20),
          "compression.type", "lz4",
          "max.request.size", Integer.toString(4 << 20),
          "retry.backoff.ms", "2", // the first request after a commit is retried until it is over
          "retry.backoff.max.ms", "500",
          "transaction.timeout.ms", "60000");

  /**
   * What a transaction has nobody sees before its commit, which sends what waits. So batches wait
   * until they are full: small ones cost the broker more than the records in them.
   */
  private static final Map<String, String> TRANSACTIONAL_DEFAULTS = Map.of("linger.ms", "100");

  /** The first answer to a fence often is to ask again, as the former transaction is ending. */
  private static final Map<String, String> ADMIN_DEFAULTS =
      Map.of("retry.backoff.ms", "5", "retry.backoff.max.ms", "500");

  /**
   * Topics take batches of 1 MiB unless told otherwise. Kafka's client splits one that is refused
   * into batches of {@code batch.size}: if that is too large too, it tries in vain for minutes.
   */
  private static final int MAX_BATCH_BYTES = 1 << 20;

  /** What the job's configuration takes for itself of the settings of a system. */
  private static final List<String> OF_THE_JOB = List.of("factory", "key.serde", "msg.serde");

  /**
   * Parses and checks.
   *
   * @throws ConfigException (TM-1050) that lists everything that is wrong
   */
  static KafkaSettings of(SystemSettings settings) {
    Parser parser = new Parser(settings);
    KafkaSettings parsed =
        new KafkaSettings(
            settings.name(),
            settings.job(),
            parser.required("bootstrap.servers"),
            Duration.ofMillis(parser.number("connect.timeout.ms", 15_000, 1, 3_600_000)),
            (short) parser.number("replication.factor", -1, -1, Short.MAX_VALUE),
            parser.section("topic.", Map.of()),
            parser.section("consumer.", OWNED_BY_CONSUMER),
            parser.section("producer.", OWNED_BY_PRODUCER),
            parser.section("admin.", OWNED_BY_ADMIN));
    if (parsed.producerNumber("batch.size") > MAX_BATCH_BYTES) {
      parser.problem("producer.batch.size is larger than " + MAX_BATCH_BYTES + "; make it smaller");
    }
    parser.finish();
    return parsed;
  }

  Map<String, Object> consumerProperties(String clientId) {
    Map<String, Object> properties = new HashMap<>(CONSUMER_DEFAULTS);
    properties.putAll(consumer);
    properties.put("auto.offset.reset", "none");
    properties.put("enable.auto.commit", "false");
    properties.put("group.id", job);
    properties.put("isolation.level", "read_committed");
    return reach(clientId, properties);
  }

  /** Of a producer that sends outside of transactions. */
  Map<String, Object> producerProperties(String clientId) {
    return producerProperties(clientId, Map.of());
  }

  Map<String, Object> transactionalProperties(String transactionalId) {
    Map<String, Object> properties = producerProperties(transactionalId, TRANSACTIONAL_DEFAULTS);
    properties.put("transactional.id", transactionalId);
    return properties;
  }

  private Map<String, Object> producerProperties(String clientId, Map<String, String> defaults) {
    Map<String, Object> properties = new HashMap<>(PRODUCER_DEFAULTS);
    properties.putAll(defaults);
    properties.putAll(producer);
    properties.put("acks", "all");
    properties.put("enable.idempotence", "true");
    properties.put("partitioner.ignore.keys", "true");
    return reach(clientId, properties);
  }

  /** Whoever says how consumers are let in need not say it again for admin clients. */
  Map<String, Object> adminProperties() {
    Map<String, Object> properties = new HashMap<>(ADMIN_DEFAULTS);
    consumer.forEach(
        (key, value) -> {
          if (key.startsWith("security.") || key.startsWith("sasl.") || key.startsWith("ssl.")) {
            properties.put(key, value);
          }
        });
    properties.putAll(admin);
    return reach("admin", properties);
  }

  /** How long a transaction may stay open before the cluster aborts it. */
  Duration transactionTimeout() {
    return Duration.ofMillis(producerNumber("transaction.timeout.ms"));
  }

  /** The largest request a producer may send. */
  int maxRequestBytes() {
    return Math.toIntExact(producerNumber("max.request.size"));
  }

  private long producerNumber(String key) {
    String value = producer.getOrDefault(key, PRODUCER_DEFAULTS.getOrDefault(key, ""));
    try {
      return Long.parseLong(value.trim());
    } catch (NumberFormatException e) {
      throw new ConfigException(
          "TM-1050", "systems.%s.producer.%s=%s is not a number".formatted(name, key, value), e);
    }
  }

  private Map<String, Object> reach(String clientId, Map<String, Object> properties) {
    properties.put("bootstrap.servers", bootstrapServers);
    properties.putIfAbsent("client.id", job + "-" + clientId);
    return properties;
  }

  private static final class Parser {
    private final String prefix;
    private final Map<String, String> rest;
    private final List<String> problems = new ArrayList<>();

    Parser(SystemSettings settings) {
      this.prefix = "systems." + settings.name() + ".";
      this.rest = new TreeMap<>(settings.properties());
      rest.keySet().removeAll(OF_THE_JOB);
    }

    void problem(String what) {
      problems.add(prefix + what);
    }

    String required(String key) {
      String value = rest.remove(key);
      if (value == null || value.isBlank()) {
        problems.add(
            prefix + key + " is missing; name one or more brokers of the cluster as host:port");
        return "";
      }
      return value.trim();
    }

    long number(String key, long otherwise, long least, long most) {
      String value = rest.remove(key);
      if (value == null) {
        return otherwise;
      }
      try {
        long number = Long.parseLong(value.trim());
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // The problem below is of both.
      }
      problems.add(
          prefix + key + "=" + value + " is not a whole number from " + least + " to " + most);
      return otherwise;
    }

    Map<String, String> section(String section, Map<String, String> owned) {
      Map<String, String> found = new TreeMap<>();
      rest.forEach(
          (key, value) -> {
            if (key.startsWith(section)) {
              found.put(key.substring(section.length()), value.trim());
            }
          });
      found.keySet().forEach(key -> rest.remove(section + key));
      owned.forEach(
          (key, allowed) -> {
            String value = found.get(key);
            if (value != null && !value.equalsIgnoreCase(allowed)) {
              problems.add(
                  prefix
                      + section
                      + key
                      + " cannot be set: Tidemark decides it"
                      + (allowed.isEmpty() ? "" : " (" + allowed + ")")
                      + "; remove it");
            }
          });
      return Map.copyOf(found);
    }

    void finish() {
      rest.keySet()
          .forEach(
              key ->
                  problems.add(
                      prefix
                          + key
                          + " is unknown; settings of Kafka's clients go under consumer., "
                          + "producer., admin. or topic."));
      if (!problems.isEmpty()) {
        throw new ConfigException("TM-1050", String.join("\n", problems));
      }
    }
  }
}
