package io.tidemark.systems.kafka;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TidemarkException;
import io.tidemark.system.OffsetRange;
import io.tidemark.system.RecordBatch;
import io.tidemark.system.StartPosition;
import io.tidemark.system.SystemConsumer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads partitions of topics, committed records only. It is no member of a consumer group; the
 * group's offsets are written for tools to look at.
 *
 * <p>Positions are kept here, from what each poll says is next (which counts the markers of
 * transactions and aborted records in), because asking the client for one may block.
 */
final class KafkaSystemConsumer implements SystemConsumer {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSystemConsumer.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private static final int FAILURES_TO_TELL = 5;
  private static final long PROGRESS_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final KafkaSettings settings;
  private final KafkaAdmin admin;
  private final Failures failures;
  private final KafkaConsumer<byte[], byte[]> client;
  private final Map<TopicPartition, SystemStreamPartition> ids = new HashMap<>();
  private final Map<SystemStreamPartition, TopicPartition> topicPartitions = new HashMap<>();
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> progress = new HashMap<>();
  private final Semaphore idleWakeup = new Semaphore(0);
  private boolean progressUnderWay;
  private int progressFailures;
  private long progressFailedAtNanos;

  KafkaSystemConsumer(KafkaSettings settings, KafkaAdmin admin, String clientId) {
    this.settings = settings;
    this.admin = admin;
    this.failures = new Failures(settings);
    this.client =
        failures.create(
            () ->
                new KafkaConsumer<>(
                    settings.consumerProperties(clientId),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer()));
  }

  @Override
  public void assign(Map<SystemStreamPartition, StartPosition> starts) {
    Map<SystemStreamPartition, Long> offsets = startOffsets(starts);
    ids.clear();
    topicPartitions.clear();
    positions.clear();
    client.unsubscribe(); // or a partition would keep its pause and what it had fetched
    add(offsets.keySet(), offsets);
  }

  @Override
  public void add(Map<SystemStreamPartition, StartPosition> starts) {
    add(starts.keySet(), startOffsets(starts));
  }

  private void add(Set<SystemStreamPartition> added, Map<SystemStreamPartition, Long> offsets) {
    for (SystemStreamPartition id : added) {
      TopicPartition topicPartition = KafkaAdmin.topicPartition(id);
      ids.put(topicPartition, id);
      topicPartitions.put(id, topicPartition);
      positions.put(topicPartition, Objects.requireNonNull(offsets.get(id)));
    }
    client.assign(positions.keySet()); // keeps the state of those that it had
    for (TopicPartition topicPartition : topicPartitions(added)) {
      client.seek(topicPartition, Objects.requireNonNull(positions.get(topicPartition)));
    }
  }

  @Override
  public void remove(Collection<SystemStreamPartition> partitions) {
    for (TopicPartition topicPartition : topicPartitions(partitions)) {
      topicPartitions.remove(ids.remove(topicPartition));
      positions.remove(topicPartition);
      progress.remove(topicPartition); // whoever reads it now knows better
    }
    client.assign(positions.keySet());
  }

  private Map<SystemStreamPartition, Long> startOffsets(
      Map<SystemStreamPartition, StartPosition> starts) {
    Map<SystemStreamPartition, Long> offsets = new HashMap<>();
    admin
        .offsets(starts.keySet())
        .forEach((id, range) -> offsets.put(id, startOffset(id, starts.get(id), range)));
    return offsets;
  }

  private long startOffset(
      SystemStreamPartition id, @Nullable StartPosition start, OffsetRange range) {
    if (start instanceof StartPosition.At at) {
      long offset = parse(at.offset());
      if (offset < Long.parseLong(range.oldest()) || offset > Long.parseLong(range.end())) {
        throw outOfRange(id, at.offset(), "holds " + range.oldest() + " to " + range.end(), null);
      }
      return offset;
    }
    return Long.parseLong(start instanceof StartPosition.Oldest ? range.oldest() : range.end());
  }

  private static long parse(String offset) {
    try {
      return Long.parseLong(offset);
    } catch (NumberFormatException e) {
      return -1; // in no partition
    }
  }

  private static TidemarkException outOfRange(
      SystemStreamPartition id, String offset, String holds, @Nullable Throwable cause) {
    return new TidemarkException(
        "TM-2005",
        ("Offset %s is not in %s, which %s; its retention may be too short, or the topic was made"
                + " anew: start the input at another offset")
            .formatted(offset, id, holds),
        cause);
  }

  @Override
  public List<RecordBatch> poll(Duration timeout) {
    if (positions.isEmpty()) {
      return pollNothing(timeout);
    }
    retryProgress();
    ConsumerRecords<byte[], byte[]> records;
    try {
      records = client.poll(timeout);
    } catch (WakeupException | InterruptException e) {
      return List.of(); // an interrupted thread keeps its flag
    } catch (OffsetOutOfRangeException e) {
      Map.Entry<TopicPartition, Long> first =
          e.offsetOutOfRangePartitions().entrySet().iterator().next();
      throw outOfRange(id(first.getKey()), Long.toString(first.getValue()), "no longer has it", e);
    } catch (KafkaException e) {
      throw failures.of(e, "read " + ids.values(), "TM-2006");
    }
    List<RecordBatch> batches = new ArrayList<>(records.partitions().size());
    for (TopicPartition partition : records.partitions()) {
      batches.add(new KafkaBatch(id(partition), records.records(partition)));
    }
    records.nextOffsets().forEach((partition, next) -> positions.put(partition, next.offset()));
    return batches;
  }

  /** Kafka's client would refuse to. */
  private List<RecordBatch> pollNothing(Duration timeout) {
    try {
      if (idleWakeup.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        idleWakeup.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return List.of();
  }

  @Override
  public void pause(Collection<SystemStreamPartition> partitions) {
    client.pause(topicPartitions(partitions));
  }

  @Override
  public void resume(Collection<SystemStreamPartition> partitions) {
    client.resume(topicPartitions(partitions));
  }

  @Override
  public String position(SystemStreamPartition partition) {
    Long position = positions.get(topicPartition(partition));
    return Long.toString(Objects.requireNonNull(position, "position"));
  }

  @Override
  public long lag(SystemStreamPartition partition) {
    return client.currentLag(topicPartition(partition)).orElse(-1);
  }

  /** One request at a time; what is reported meanwhile goes with the next, as does what failed. */
  @Override
  public void reportProgress(Map<SystemStreamPartition, String> reached) {
    reached.forEach(
        (id, offset) ->
            progress.put(topicPartition(id), new OffsetAndMetadata(Long.parseLong(offset))));
    if (!progressUnderWay && progressFailures == 0) {
      sendProgress();
    }
  }

  /** The last progress is to be seen even if nothing is reported after it. */
  private void retryProgress() {
    if (progressFailures > 0
        && !progressUnderWay
        && System.nanoTime() - progressFailedAtNanos >= PROGRESS_RETRY_NANOS) {
      sendProgress();
    }
  }

  private void sendProgress() {
    if (progress.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> sent = new HashMap<>(progress);
    progress.clear();
    progressUnderWay = true;
    try {
      client.commitAsync(sent, (offsets, error) -> progressSent(sent, error));
    } catch (KafkaException e) {
      progressSent(sent, e);
    }
  }

  private void progressSent(
      Map<TopicPartition, OffsetAndMetadata> sent, @Nullable Exception error) {
    progressUnderWay = false;
    if (error == null) {
      progressFailures = 0;
      sendProgress();
      return;
    }
    sent.keySet().retainAll(positions.keySet());
    sent.forEach(progress::putIfAbsent);
    progressFailedAtNanos = System.nanoTime();
    if (progressFailures++ == FAILURES_TO_TELL) { // a coordinator that moves is no news
      LOG.warn(
          "Kafka's tools do not see the progress of group {} in system {}: {}",
          settings.job(),
          settings.name(),
          error.toString());
    }
  }

  @Override
  public void wakeup() {
    client.wakeup();
    idleWakeup.release();
  }

  @Override
  public void close() {
    try {
      client.close(CloseOptions.timeout(CLOSE_TIMEOUT));
    } catch (KafkaException e) {
      LOG.warn("A consumer of system {} did not close well", settings.name(), e);
    }
  }

  private List<TopicPartition> topicPartitions(Collection<SystemStreamPartition> partitions) {
    return partitions.stream().map(this::topicPartition).toList();
  }

  private TopicPartition topicPartition(SystemStreamPartition id) {
    TopicPartition topicPartition = topicPartitions.get(id);
    if (topicPartition == null) {
      throw new IllegalStateException(id + " is not assigned");
    }
    return topicPartition;
  }

  private SystemStreamPartition id(TopicPartition topicPartition) {
    return Objects.requireNonNull(ids.get(topicPartition), "an assigned partition");
  }
}
