package io.tidemark.system;

import io.tidemark.api.SystemStreamPartition;
import java.util.ArrayList;
import java.util.List;

/** One partition's log. Guarded by the lock of the {@link MemorySystem} it belongs to. */
final class MemoryPartition {
  final SystemStreamPartition id;
  private final List<MemoryRecord> records = new ArrayList<>();
  private long oldest;

  MemoryPartition(SystemStreamPartition id) {
    this.id = id;
  }

  MemoryPartition copy() {
    MemoryPartition copy = new MemoryPartition(id);
    copy.records.addAll(records);
    copy.oldest = oldest;
    return copy;
  }

  void append(OutgoingRecord record, long timestamp) {
    records.add(
        new MemoryRecord(
            end(), record.key(), record.value(), timestamp, List.copyOf(record.headers())));
  }

  long oldest() {
    return oldest;
  }

  long end() {
    return oldest + records.size();
  }

  /** Up to {@code limit} records from {@code offset} on, which must not be outside the log. */
  List<MemoryRecord> read(long offset, int limit) {
    int from = Math.toIntExact(offset - oldest);
    return List.copyOf(records.subList(from, Math.min(records.size(), from + limit)));
  }

  void trim(long offset) {
    if (offset < oldest || offset > end()) {
      throw new IllegalArgumentException(
          "cannot trim " + id + " up to " + offset + ": it holds " + oldest + " to " + end());
    }
    records.subList(0, Math.toIntExact(offset - oldest)).clear();
    oldest = offset;
  }
}
