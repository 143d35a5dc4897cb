package io.tidemark.runtime;

import io.tidemark.journal.Guarantee;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalFactory;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalRecord;
import io.tidemark.journal.JournalWriter;
import io.tidemark.system.SystemAdmin;
import io.tidemark.system.SystemConsumer;
import io.tidemark.system.SystemProducer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Journals that call a test before each step that others could notice, with the step's name.
 *
 * @param journals do the work
 * @param before is called on the thread that takes the step
 */
record WatchedJournals(JournalFactory journals, Consumer<String> before) implements JournalFactory {

  @Override
  public Journal journal(String name) {
    Journal journal = journals.journal(name);
    return new Journal() {
      @Override
      public int create(int partitions) {
        return journal.create(partitions);
      }

      @Override
      public int maxRecordBytes() {
        return journal.maxRecordBytes();
      }

      @Override
      public JournalWriter writer(String writerName, Guarantee guarantee) {
        before.accept("writer");
        return new Writer(journal.writer(writerName, guarantee));
      }

      @Override
      public void fence(String writerName) {
        before.accept("fence");
        journal.fence(writerName);
      }

      @Override
      public void trim(int partition, long position) {
        before.accept("trim");
        journal.trim(partition, position);
      }

      @Override
      public JournalReader reader() {
        return new Reader(journal.reader());
      }

      @Override
      public void close() {
        journal.close();
      }
    };
  }

  @Override
  public SystemAdmin admin() {
    return journals.admin();
  }

  @Override
  public SystemConsumer consumer(String clientId) {
    return journals.consumer(clientId);
  }

  @Override
  public SystemProducer producer(String clientId) {
    return journals.producer(clientId);
  }

  @Override
  public void close() {
    journals.close();
  }

  private final class Writer implements JournalWriter {
    private final JournalWriter writer;

    Writer(JournalWriter writer) {
      this.writer = writer;
    }

    @Override
    public SystemProducer outputs() {
      return writer.outputs();
    }

    @Override
    public void append(int partition, List<byte[]> records) {
      writer.append(partition, records);
    }

    @Override
    public CompletableFuture<Map<Integer, Long>> commit() {
      before.accept("commit");
      return writer.commit();
    }

    @Override
    public void close() {
      writer.close();
    }
  }

  private final class Reader implements JournalReader {
    private final JournalReader reader;

    Reader(JournalReader reader) {
      this.reader = reader;
    }

    @Override
    public long end(int partition) {
      before.accept("end");
      return reader.end(partition);
    }

    @Override
    public long oldest(int partition) {
      return reader.oldest(partition);
    }

    @Override
    public void seek(int partition, long position) {
      reader.seek(partition, position);
    }

    @Override
    public long position() {
      return reader.position();
    }

    @Override
    public List<JournalRecord> poll(Duration timeout) {
      before.accept("poll");
      return reader.poll(timeout);
    }

    @Override
    public void close() {
      reader.close();
    }
  }
}
