package io.tidemark.journal;

import io.tidemark.system.MemorySystem;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.SystemAdmin;
import java.util.List;
import java.util.Map;

/** A journal that is a stream of a {@link MemorySystem}. */
final class MemoryJournal implements Journal {
  private final MemorySystem system;
  private final String name;
  private final int maxRecordBytes;

  MemoryJournal(MemorySystem system, String name, int maxRecordBytes) {
    this.system = system;
    this.name = name;
    this.maxRecordBytes = maxRecordBytes;
  }

  @Override
  public int create(int partitions) {
    SystemAdmin admin = system.admin();
    admin.create(new StreamSpec(name, partitions, Map.of()));
    return admin.partitionCounts(List.of(name)).getOrDefault(name, partitions);
  }

  @Override
  public int maxRecordBytes() {
    return maxRecordBytes;
  }

  @Override
  public JournalWriter writer(String writerName, Guarantee guarantee) {
    return new MemoryJournalWriter(name, maxRecordBytes, system.writer(writerName), guarantee);
  }

  @Override
  public void fence(String writerName) {
    system.fence(writerName);
  }

  @Override
  public void trim(int partition, long position) {
    if (position > system.oldest(name, partition)) {
      system.trim(name, partition, position);
    }
  }

  @Override
  public JournalReader reader() {
    return new MemoryJournalReader(system, name);
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
