package io.tidemark.benchmarks.path;

import io.tidemark.journal.Guarantee;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalFactory;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalWriter;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.SystemAdmin;
import io.tidemark.system.SystemConsumer;
import io.tidemark.system.SystemProducer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A system that costs nothing: it is read by a consumer that has its records already, and drops
 * what is sent. The journal, which tasks are opened from, is in memory until {@link #drop}.
 * Confined to one thread.
 */
final class DroppingSystem implements JournalFactory {
  /** A position after all that is in memory. */
  private static final long FIRST_PLACE = 1_000_000;

  private final MemoryJournals journals;
  private final SystemConsumer records;
  private final Blackhole hole;
  private boolean dropping;
  private long place = FIRST_PLACE;

  /**
   * @param journals has the streams, of which nothing is read
   * @param hole takes what is sent
   */
  DroppingSystem(MemoryJournals journals, SystemConsumer records, Blackhole hole) {
    this.journals = journals;
    this.records = records;
    this.hole = hole;
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
    return records;
  }

  @Override
  public SystemProducer producer(String clientId) {
    return new Dropped();
  }

  @Override
  public void close() {
    journals.close();
  }

  private final class Dropped implements SystemProducer {
    @Override
    public void send(OutgoingRecord record) {
      hole.consume(record.key());
      hole.consume(record.value());
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
      if (dropping) {
        hole.consume(records);
      } else {
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
