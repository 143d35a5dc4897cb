package io.tidemark.systems.kafka;

import static java.util.stream.Collectors.toMap;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TidemarkException;
import io.tidemark.system.OffsetRange;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.SystemAdmin;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at and creates topics, and fences writers. Connects with the first call, which is given
 * {@code connect.timeout.ms}; later ones have a minute, so that a broker may restart meanwhile. Any
 * thread.
 */
final class KafkaAdmin implements SystemAdmin {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaAdmin.class);
  private static final Map<String, String> KEPT_FOREVER =
      Map.of("retention.ms", "-1", "retention.bytes", "-1", "cleanup.policy", "delete");
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final KafkaSettings settings;
  private final Failures failures;
  private final Map<String, Integer> partitionCounts = new ConcurrentHashMap<>();
  private @Nullable Admin client; // guarded by this
  private volatile boolean reached;

  KafkaAdmin(KafkaSettings settings) {
    this.settings = settings;
    this.failures = new Failures(settings);
  }

  @Override
  public Map<String, Integer> partitionCounts(Collection<String> streams) {
    Map<String, Integer> counts = new HashMap<>();
    describe(new HashSet<>(streams))
        .forEach((topic, description) -> counts.put(topic, description.partitions().size()));
    return counts;
  }

  @Override
  public String identity(String stream) {
    TopicDescription topic = describe(Set.of(stream)).get(stream);
    return topic == null ? "" : topic.topicId().toString();
  }

  @Override
  public void create(StreamSpec stream) {
    Map<String, String> topicSettings = new HashMap<>(settings.topic());
    if (stream.keptForever()) {
      topicSettings.putAll(KEPT_FOREVER);
    }
    topicSettings.putAll(stream.properties());
    NewTopic topic =
        new NewTopic(
                stream.name(),
                Optional.of(stream.partitions()),
                Optional.of(settings.replicationFactor()).filter(factor -> factor > 0))
            .configs(topicSettings);
    String what = "create topic " + stream.name();
    try {
      createOnceBrokersTakeIt(topic, what);
      LOG.info(
          "Created topic {} of system {} with {} partitions",
          stream.name(),
          settings.name(),
          stream.partitions());
    } catch (TidemarkException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
    awaitLeaders(stream.name(), what);
  }

  /** A broker that is stopping or starting takes no topic, and the others may be too few. */
  private void createOnceBrokersTakeIt(NewTopic topic, String what) {
    Pause pause = new Pause(CALL_TIMEOUT);
    for (boolean first = true; ; first = false) {
      try {
        call(what, admin -> admin.createTopics(List.of(topic)).all());
        return;
      } catch (TidemarkException e) {
        boolean mayPass = e.getCause() instanceof InvalidReplicationFactorException;
        if (!mayPass || !areBrokersEnough() || !pause.next()) {
          throw e;
        }
        if (first) {
          LOG.warn("{}; trying again for {} s", e.getMessage(), CALL_TIMEOUT.toSeconds());
        }
      }
    }
  }

  /** Whether there are as many brokers as replicas, once all are up. */
  private boolean areBrokersEnough() {
    DescribeClusterOptions all = new DescribeClusterOptions().includeFencedBrokers(true);
    try {
      Collection<Node> brokers = call("count the brokers", a -> a.describeCluster(all).nodes());
      return brokers.size() >= settings.replicationFactor();
    } catch (TidemarkException e) {
      return true; // brokers older than 4.0 do not tell
    }
  }

  @Override
  public Map<SystemStreamPartition, OffsetRange> offsets(Set<SystemStreamPartition> partitions) {
    Map<SystemStreamPartition, TopicPartition> topicPartitions =
        partitions.stream().collect(toMap(id -> id, KafkaAdmin::topicPartition));
    Map<TopicPartition, Long> oldest = oldest(topicPartitions.values());
    Map<TopicPartition, Long> ends = ends(topicPartitions.values(), IsolationLevel.READ_COMMITTED);
    Map<SystemStreamPartition, OffsetRange> ranges = new HashMap<>();
    topicPartitions.forEach(
        (id, topicPartition) ->
            ranges.put(
                id,
                new OffsetRange(
                    Long.toString(require(oldest, topicPartition)),
                    Long.toString(require(ends, topicPartition)))));
    return ranges;
  }

  Map<TopicPartition, Long> oldest(Collection<TopicPartition> partitions) {
    return listOffsets(partitions, OffsetSpec.earliest(), IsolationLevel.READ_COMMITTED);
  }

  /** The last stable offsets, or the high watermarks if uncommitted records count. */
  Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions, IsolationLevel isolation) {
    return listOffsets(partitions, OffsetSpec.latest(), isolation);
  }

  /** The settings in force of a topic, by name. */
  Map<String, String> topicSettings(String topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Config config =
        require(
            call(
                "read the settings of topic " + topic,
                admin -> admin.describeConfigs(List.of(resource)).all()),
            resource);
    Map<String, String> values = new HashMap<>();
    config.entries().forEach(entry -> values.put(entry.name(), entry.value()));
    return values;
  }

  /** Aborts what the producers of these ids have open, and refuses them from here on. */
  void fence(Collection<String> transactionalIds) {
    call(
        "fence the writers " + transactionalIds,
        admin -> admin.fenceProducers(transactionalIds).all());
  }

  /** Deletes the records of a partition before an offset, unless they are gone. */
  void trim(TopicPartition partition, long offset) {
    if (offset > require(oldest(List.of(partition)), partition)) {
      call(
          "delete the records of " + partition + " before offset " + offset,
          admin ->
              admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset))).all());
    }
  }

  @Override
  public void trim(SystemStreamPartition partition, String offset) {
    trim(topicPartition(partition), Long.parseLong(offset));
  }

  /** Throws unless the cluster answers; the first call to do so says how long was tried. */
  void requireReachable() {
    if (!reached) {
      call("connect", admin -> admin.describeCluster().clusterId());
    }
  }

  synchronized void close() {
    if (client != null) {
      client.close(CLOSE_TIMEOUT);
    }
  }

  static TopicPartition topicPartition(SystemStreamPartition id) {
    return new TopicPartition(id.getStream(), id.getPartition().id());
  }

  private Map<String, TopicDescription> describe(Set<String> topics) {
    Map<String, TopicDescription> found = new HashMap<>();
    if (topics.isEmpty()) {
      return found;
    }
    Map<String, KafkaFuture<TopicDescription>> asked =
        client().describeTopics(topics).topicNameValues();
    asked.forEach(
        (topic, description) -> {
          try {
            found.put(topic, call("look at topic " + topic, admin -> description));
          } catch (TidemarkException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
              throw e;
            }
          }
        });
    return found;
  }

  /** A topic just created is not known to every broker at once. */
  private void awaitLeaders(String topic, String what) {
    Pause pause = new Pause(CALL_TIMEOUT);
    while (!areInOffice(describe(Set.of(topic)).get(topic))) {
      if (!pause.next()) {
        throw failures.unreachable(
            what, CALL_TIMEOUT, new TimeoutException("some of its partitions have no leader"));
      }
    }
  }

  /**
   * Whether the leaders of all partitions answer for them. A producer that comes earlier may have
   * its first batch refused and its second taken, and then waits for two minutes with the first.
   */
  private boolean areInOffice(@Nullable TopicDescription description) {
    if (description == null || !hasLeaders(description)) {
      return false;
    }
    List<TopicPartition> all =
        description.partitions().stream()
            .map(partition -> new TopicPartition(description.name(), partition.partition()))
            .toList();
    try {
      ends(all, IsolationLevel.READ_UNCOMMITTED);
      return true;
    } catch (TidemarkException e) {
      if (e.code().equals("TM-2004") || Failures.find(e, UnknownTopicOrPartitionException.class)) {
        return false; // this broker has not heard of it yet
      }
      throw e;
    }
  }

  private static boolean hasLeaders(TopicDescription description) {
    return description.partitions().stream().allMatch(partition -> isThere(partition.leader()));
  }

  private static boolean isThere(@Nullable Node leader) {
    return leader != null && !leader.isEmpty();
  }

  private Map<TopicPartition, Long> listOffsets(
      Collection<TopicPartition> partitions, OffsetSpec which, IsolationLevel isolation) {
    if (partitions.isEmpty()) {
      return Map.of();
    }
    partitions.forEach(partition -> requirePartition(partition.topic(), partition.partition()));
    Map<TopicPartition, OffsetSpec> wanted =
        partitions.stream().collect(toMap(partition -> partition, partition -> which));
    Map<TopicPartition, ListOffsetsResultInfo> found =
        call(
            "read the offsets of " + partitions,
            admin -> admin.listOffsets(wanted, new ListOffsetsOptions(isolation)).all());
    return found.entrySet().stream()
        .collect(toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
  }

  /**
   * Throws unless the partition exists: Kafka's clients would look for a missing one until their
   * time is up.
   *
   * @return how many partitions its topic has at least
   */
  int requirePartition(String topic, int partition) {
    Integer known = partitionCounts.get(topic);
    if (known == null || partition >= known) {
      known = partitionCounts(List.of(topic)).get(topic);
      if (known == null) {
        throw new TidemarkException(
            "TM-2004",
            "System %s has no topic %s; create it, or correct its name"
                .formatted(settings.name(), topic));
      }
      partitionCounts.put(topic, known);
    }
    if (partition >= known) {
      throw new TidemarkException(
          "TM-2004",
          "Topic %s of system %s has no partition %d: it has %d partitions"
              .formatted(topic, settings.name(), partition, known));
    }
    return known;
  }

  private <T> T call(String what, Function<Admin, KafkaFuture<T>> request) {
    Duration timeout = reached ? CALL_TIMEOUT : settings.connectTimeout();
    long start = System.nanoTime();
    try {
      T answer = request.apply(client()).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      reached = true;
      return answer;
    } catch (TimeoutException e) {
      throw failures.unreachable(what, timeout, e);
    } catch (ExecutionException e) {
      Throwable error = Objects.requireNonNullElse(e.getCause(), e);
      if (error instanceof org.apache.kafka.common.errors.TimeoutException) {
        throw failures.unreachable(what, Duration.ofNanos(System.nanoTime() - start), error);
      }
      throw failures.of(error, what, "TM-2007");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TidemarkException("TM-2008", "Interrupted while trying to " + what, e);
    }
  }

  private synchronized Admin client() {
    if (client == null) {
      client = failures.create(() -> Admin.create(settings.adminProperties()));
    }
    return client;
  }

  private static <K, V> V require(Map<K, V> map, K key) {
    V value = map.get(key);
    if (value == null) {
      throw new IllegalStateException("the client left out " + key);
    }
    return value;
  }
}
