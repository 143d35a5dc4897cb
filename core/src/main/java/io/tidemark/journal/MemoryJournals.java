package io.tidemark.journal;

import io.tidemark.system.MemorySystem;
import io.tidemark.system.SystemAdmin;
import io.tidemark.system.SystemConsumer;
import io.tidemark.system.SystemProducer;

/**
 * The memory system with journals, which are streams of it: {@link MemorySystem#records} shows
 * their blocks too. Deterministic; a commit has ended when the call returns.
 */
public final class MemoryJournals implements JournalFactory {
  private static final int DEFAULT_MAX_RECORD_BYTES = 1 << 20;

  private final MemorySystem system;
  private final int maxRecordBytes;

  public MemoryJournals(MemorySystem system) {
    this(system, DEFAULT_MAX_RECORD_BYTES);
  }

  /**
   * Journals in a memory system.
   *
   * @param system holds them, and outlives this
   * @param maxRecordBytes what {@link Journal#maxRecordBytes} says
   */
  public MemoryJournals(MemorySystem system, int maxRecordBytes) {
    this.system = system;
    this.maxRecordBytes = maxRecordBytes;
  }

  @Override
  public Journal journal(String name) {
    return new MemoryJournal(system, name, maxRecordBytes);
  }

  @Override
  public SystemAdmin admin() {
    return system.admin();
  }

  @Override
  public SystemConsumer consumer(String clientId) {
    return system.consumer(clientId);
  }

  @Override
  public SystemProducer producer(String clientId) {
    return system.producer(clientId);
  }

  @Override
  public void close() {
    system.close();
  }
}
