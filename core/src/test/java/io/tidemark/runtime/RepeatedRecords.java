package io.tidemark.runtime;

import io.tidemark.api.Header;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.journal.Guarantee;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalFactory;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalWriter;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.RecordBatch;
import io.tidemark.system.StartPosition;
import io.tidemark.system.SystemAdmin;
import io.tidemark.system.SystemConsumer;
import io.tidemark.system.SystemProducer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Gives the one partition that is read the same records again and again, and drops all that is
 * sent, so that what a worker does with a record is all that is done. The journal, which tasks are
 * opened from, is a memory system's until {@link #drop}. Confined to one thread.
 */
final class RepeatedRecords implements JournalFactory {
  private final MemoryJournals journals;
  private final byte[][] keys;
  private final byte[][] messages;
  private boolean dropping;
  private long place = 1_000_000;

  /** How many records were sent to streams. */
  long sent;

  /**
   * @param journals has the journal, and streams of the names that are read and written
   */
  RepeatedRecords(MemoryJournals journals, byte[][] keys, byte[][] messages) {
    this.journals = journals;
    this.keys = keys;
    this.messages = messages;
  }

  /** From here on blocks are dropped too. */
  void drop() {
    dropping = true;
  }

  @Override
  public Journal journal(String name) {
    return new HalfJournal(journals.journal(name));
  }

  @Override
  public SystemAdmin admin() {
    return journals.admin();
  }

  @Override
  public SystemConsumer consumer(String clientId) {
    return new Consumer();
  }

  @Override
  public SystemProducer producer(String clientId) {
    return new Dropped();
  }

  @Override
  public void close() {
    journals.close();
  }

  /** All the records, once more. */
  private final class Round implements RecordBatch {
    private final SystemStreamPartition partition;
    private final long from;

    Round(SystemStreamPartition partition, long from) {
      this.partition = partition;
      this.from = from;
    }

    @Override
    public SystemStreamPartition partition() {
      return partition;
    }

    @Override
    public int size() {
      return keys.length;
    }

    @Override
    public byte[] key(int index) {
      return keys[index];
    }

    @Override
    public byte[] value(int index) {
      return messages[index];
    }

    @Override
    public long timestamp(int index) {
      return from;
    }

    @Override
    public List<Header> headers(int index) {
      return List.of();
    }

    @Override
    public String offset(int index) {
      return Long.toString(from + index);
    }

    @Override
    public String offsetAfter(int index) {
      return Long.toString(from + index + 1);
    }
  }

  private final class Consumer implements SystemConsumer {
    private List<SystemStreamPartition> partitions = List.of();
    private boolean paused;
    private long next;

    @Override
    public void assign(Map<SystemStreamPartition, StartPosition> starts) {
      add(starts);
    }

    @Override
    public void add(Map<SystemStreamPartition, StartPosition> starts) {
      partitions = List.copyOf(starts.keySet());
    }

    @Override
    public void remove(Collection<SystemStreamPartition> removed) {
      partitions = List.of();
    }

    @Override
    public List<RecordBatch> poll(Duration timeout) {
      if (paused || partitions.isEmpty()) {
        return List.of();
      }
      next += keys.length;
      return List.of(new Round(partitions.get(0), next - keys.length));
    }

    @Override
    public void pause(Collection<SystemStreamPartition> of) {
      paused = true;
    }

    @Override
    public void resume(Collection<SystemStreamPartition> of) {
      paused = false;
    }

    @Override
    public String position(SystemStreamPartition partition) {
      return Long.toString(next);
    }

    @Override
    public long lag(SystemStreamPartition partition) {
      return -1;
    }

    @Override
    public void reportProgress(Map<SystemStreamPartition, String> positions) {
      // Nobody looks.
    }

    @Override
    public void wakeup() {
      // Never waits.
    }

    @Override
    public void close() {
      partitions = List.of();
    }
  }

  private final class Dropped implements SystemProducer {
    @Override
    public void send(OutgoingRecord record) {
      sent++;
    }

    @Override
    public void flush() {
      // Nothing waits.
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  private final class HalfJournal implements Journal {
    private final Journal kept;

    HalfJournal(Journal kept) {
      this.kept = kept;
    }

    @Override
    public int create(int partitions) {
      return kept.create(partitions);
    }

    @Override
    public int maxRecordBytes() {
      return kept.maxRecordBytes();
    }

    @Override
    public JournalWriter writer(String writerName, Guarantee guarantee) {
      return new Writer(kept.writer(writerName, guarantee));
    }

    @Override
    public void fence(String writerName) {
      kept.fence(writerName);
    }

    @Override
    public void trim(int partition, long position) {
      kept.trim(partition, position);
    }

    @Override
    public JournalReader reader() {
      return kept.reader();
    }

    @Override
    public void close() {
      kept.close();
    }
  }

  private final class Writer implements JournalWriter {
    private final JournalWriter kept;
    private final SystemProducer outputs = new Dropped();

    Writer(JournalWriter kept) {
      this.kept = kept;
    }

    @Override
    public SystemProducer outputs() {
      return outputs;
    }

    @Override
    public void append(int partition, List<byte[]> records) {
      if (!dropping) {
        kept.append(partition, records);
      }
    }

    @Override
    public CompletableFuture<Map<Integer, Long>> commit() {
      return dropping ? CompletableFuture.completedFuture(Map.of(0, place++)) : kept.commit();
    }

    @Override
    public void close() {
      kept.close();
    }
  }
}
