package io.tidemark.container;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.system.KeyHash;
import io.tidemark.system.OffsetRange;
import io.tidemark.system.RecordBatch;
import io.tidemark.system.StartPosition;
import io.tidemark.system.StreamSystem;
import io.tidemark.system.SystemAdmin;
import io.tidemark.system.SystemConsumer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Looks for records behind given positions whose keys are of other partitions, now that there are
 * more. The records are read, also because a partition may end with offsets that are none, such as
 * the marks that transactions leave in Kafka. Confined to one thread.
 */
final class UnreadRecords {
  private static final Duration POLL = Duration.ofSeconds(1);

  /** So many polls that bring nothing new mean that the system does not answer. */
  private static final int MOST_IDLE = 30;

  private final Function<String, StreamSystem> systems;
  private final int partitions;

  /**
   * @param partitions how many partitions each stream has now
   */
  UnreadRecords(Function<String, StreamSystem> systems, int partitions) {
    this.systems = systems;
    this.partitions = partitions;
  }

  /** The partitions that have such records, or may have as their systems do not answer. */
  List<SystemStreamPartition> misplaced(Map<SystemStreamPartition, String> positions) {
    Map<String, Map<SystemStreamPartition, String>> bySystem = new TreeMap<>();
    positions.forEach(
        (input, position) ->
            bySystem
                .computeIfAbsent(input.getSystem(), system -> new HashMap<>())
                .put(input, position));
    List<SystemStreamPartition> found = new ArrayList<>();
    bySystem.forEach((system, those) -> found.addAll(misplaced(systems.apply(system), those)));
    found.sort(Comparator.comparing(SystemStreamPartition::toString));
    return found;
  }

  private Set<SystemStreamPartition> misplaced(
      StreamSystem system, Map<SystemStreamPartition, String> positions) {
    SystemAdmin admin = system.admin();
    Map<SystemStreamPartition, String> ends = new HashMap<>();
    Map<SystemStreamPartition, StartPosition> starts = new HashMap<>();
    admin
        .offsets(positions.keySet())
        .forEach(
            (input, range) -> {
              String from = first(admin, range, Objects.requireNonNull(positions.get(input)));
              if (admin.compareOffsets(from, range.end()) < 0) {
                ends.put(input, range.end());
                starts.put(input, new StartPosition.At(from));
              }
            });
    if (ends.isEmpty()) {
      return Set.of();
    }
    try (SystemConsumer consumer = system.consumer("look-ahead")) {
      consumer.add(starts);
      return read(consumer, admin, ends);
    }
  }

  /** What is no longer there cannot be unread. */
  private static String first(SystemAdmin admin, OffsetRange range, String position) {
    return admin.compareOffsets(position, range.oldest()) < 0 ? range.oldest() : position;
  }

  private Set<SystemStreamPartition> read(
      SystemConsumer consumer, SystemAdmin admin, Map<SystemStreamPartition, String> ends) {
    Set<SystemStreamPartition> found = new HashSet<>();
    Set<SystemStreamPartition> open = new HashSet<>(ends.keySet());
    int idle = 0;
    while (!open.isEmpty() && idle < MOST_IDLE) {
      List<RecordBatch> batches = consumer.poll(POLL);
      idle = batches.isEmpty() ? idle + 1 : 0;
      Set<SystemStreamPartition> done = new HashSet<>();
      for (RecordBatch batch : batches) {
        if (hasMisplaced(batch)) {
          found.add(batch.partition());
          done.add(batch.partition());
        }
      }
      for (SystemStreamPartition input : open) {
        String end = Objects.requireNonNull(ends.get(input));
        if (admin.compareOffsets(consumer.position(input), end) >= 0) {
          done.add(input);
        }
      }
      open.removeAll(done);
      consumer.remove(done);
    }
    found.addAll(open);
    return found;
  }

  private boolean hasMisplaced(RecordBatch batch) {
    for (int i = 0; i < batch.size(); i++) {
      byte[] key = batch.key(i);
      if (key != null
          && KeyHash.partition(key, partitions) != batch.partition().getPartition().id()) {
        return true;
      }
    }
    return false;
  }
}
