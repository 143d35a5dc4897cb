package io.tidemark.journal;

import io.tidemark.api.StateException;
import io.tidemark.system.MemoryRecord;
import io.tidemark.system.MemorySystem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Reads a {@link MemoryJournal}. Whatever is committed is there at once, so that a poll never
 * waits; a record without value is none of a journal's.
 */
final class MemoryJournalReader implements JournalReader {
  private static final int POLL_LIMIT = 100;

  private final MemorySystem system;
  private final String journal;
  private int partition = -1;
  private long position;

  MemoryJournalReader(MemorySystem system, String journal) {
    this.system = system;
    this.journal = journal;
  }

  @Override
  public long end(int partition) {
    return system.end(journal, partition);
  }

  @Override
  public long oldest(int partition) {
    return system.oldest(journal, partition);
  }

  @Override
  public void seek(int partition, long position) {
    requireWithin(partition, position);
    this.partition = partition;
    this.position = position;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public List<JournalRecord> poll(Duration timeout) {
    if (partition < 0) {
      throw new IllegalStateException("poll before the first seek");
    }
    requireWithin(partition, position);
    List<JournalRecord> records = new ArrayList<>();
    for (MemoryRecord record : system.records(journal, partition, position, POLL_LIMIT)) {
      records.add(
          new JournalRecord(record.offset(), Objects.requireNonNull(record.value(), "value")));
    }
    position += records.size();
    return records;
  }

  @Override
  public void close() {
    // Holds nothing.
  }

  private void requireWithin(int partition, long position) {
    long oldest = system.oldest(journal, partition);
    long end = system.end(journal, partition);
    if (position < oldest || position > end) {
      throw new StateException(
          "TM-3006",
          "The journal %s[%d] holds positions %d to %d, and %d is wanted"
              .formatted(journal, partition, oldest, end, position));
    }
  }
}
