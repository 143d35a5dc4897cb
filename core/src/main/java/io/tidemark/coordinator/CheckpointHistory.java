package io.tidemark.coordinator;

import io.tidemark.checkpoint.Timeline;
import io.tidemark.coordinator.CheckpointRecord.Status;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is remembered of checkpoints, in memory and under {@code checkpoints/} in the metadata.
 * Called under the coordinator's lock.
 *
 * <p>Nothing is decided by these entries that the blob store and the ledger do not say as well, so
 * that one which cannot be written now is written later.
 */
final class CheckpointHistory {
  static final String PREFIX = "checkpoints/";
  private static final int MOST_RECORDS = 100;

  private static final Logger LOG = LoggerFactory.getLogger(CheckpointHistory.class);

  private final MetadataStore store;
  private final TreeMap<Long, CheckpointRecord> records = new TreeMap<>();
  private final Map<Long, Long> versions = new TreeMap<>();
  private final Set<Long> unwritten = new HashSet<>();

  /** Reads what there is. */
  CheckpointHistory(MetadataStore store) {
    this.store = store;
    for (String name : store.list(PREFIX)) {
      MetadataStore.Entry entry = store.get(name);
      if (entry != null) {
        CheckpointRecord record =
            MetadataFields.read(name, entry.value(), CheckpointRecords::decode);
        records.put(record.number(), record);
        versions.put(record.number(), entry.version());
      }
    }
  }

  static String name(long number) {
    return PREFIX + String.format("%012d", number);
  }

  void put(CheckpointRecord record) {
    records.put(record.number(), record);
    unwritten.add(record.number());
    write();
  }

  /** Writes what could not be written before, and forgets what is too old. */
  void write() {
    try {
      for (long number : List.copyOf(unwritten)) {
        CheckpointRecord record = records.get(number);
        if (record != null) {
          write(record);
        }
        unwritten.remove(number);
      }
      prune();
    } catch (MetadataException e) {
      LOG.warn("The record of a checkpoint is written later: {}", e.getMessage());
    }
  }

  private void write(CheckpointRecord record) {
    long number = record.number();
    byte[] bytes = CheckpointRecords.encode(record);
    long version = store.put(name(number), bytes, versions.getOrDefault(number, 0L));
    if (version == 0) {
      MetadataStore.Entry entry = store.get(name(number));
      version = store.put(name(number), bytes, entry == null ? 0 : entry.version());
    }
    versions.put(number, version);
  }

  private void prune() {
    List<Long> numbers = new ArrayList<>(records.keySet());
    int surplus = numbers.size() - MOST_RECORDS;
    for (long number : numbers) {
      CheckpointRecord record = records.get(number);
      if (surplus <= 0) {
        return;
      }
      if (record != null
          && (record.status() == Status.FAILED || record.status() == Status.DELETED)) {
        store.delete(name(number), versions.getOrDefault(number, 0L));
        records.remove(number);
        versions.remove(number);
        surplus--;
      }
    }
  }

  @Nullable CheckpointRecord get(long number) {
    return records.get(number);
  }

  /** All, the oldest first. */
  List<CheckpointRecord> all() {
    return List.copyOf(records.values());
  }

  /** Those that are kept, the oldest first. */
  List<CheckpointRecord> completed() {
    return records.values().stream().filter(r -> r.status() == Status.COMPLETED).toList();
  }

  /** Whether a savepoint of that name is kept or under way. */
  boolean hasSavepoint(String name) {
    return records.values().stream()
        .anyMatch(
            record ->
                record.savepoint().equals(name)
                    && (record.status() == Status.COMPLETED
                        || record.status() == Status.IN_PROGRESS));
  }

  /** The oldest that is kept of a timeline and is no savepoint; null if there is none. */
  @Nullable CheckpointRecord oldestKept(Timeline timeline) {
    return completed().stream()
        .filter(record -> record.timeline() == timeline.number() && !record.isSavepoint())
        .findFirst()
        .orElse(null);
  }
}
