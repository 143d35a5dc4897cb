package io.tidemark.simulation;

import io.tidemark.api.Header;
import io.tidemark.api.TidemarkException;
import io.tidemark.journal.Guarantee;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalFactory;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalWriter;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.SystemAdmin;
import io.tidemark.system.SystemConsumer;
import io.tidemark.system.SystemProducer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A process's way to the journals and streams. A commit may take a while; the process may learn of
 * it later than others see it, or never, and it may end after the process has.
 */
final class SimulatedJournals implements JournalFactory {
  /** The code of a commit whose outcome is unknown. */
  static final String UNKNOWN_OUTCOME = "TM-4006";

  private static final long LONGEST_COMMIT_MS = 60;

  private final JournalFactory journals;
  private final SimulatedTime time;
  private final SimulatedProcess process;
  private final Weather weather;
  private final UnaryOperator<List<Header>> sent;
  private final UnaryOperator<SystemConsumer> read;

  /** How bad it is, in thousandths of commits; changes while the simulation runs. */
  static final class Weather {
    int late;
    int unknown;
  }

  /**
   * @param sent what becomes of the headers of records that are sent
   * @param read what becomes of what is read
   */
  SimulatedJournals(
      JournalFactory journals,
      SimulatedTime time,
      SimulatedProcess process,
      Weather weather,
      UnaryOperator<List<Header>> sent,
      UnaryOperator<SystemConsumer> read) {
    this.journals = journals;
    this.time = time;
    this.process = process;
    this.weather = weather;
    this.sent = sent;
    this.read = read;
  }

  @Override
  public SystemAdmin admin() {
    return journals.admin();
  }

  @Override
  public SystemConsumer consumer(String clientId) {
    return read.apply(journals.consumer(clientId));
  }

  @Override
  public SystemProducer producer(String clientId) {
    return journals.producer(clientId);
  }

  @Override
  public void close() {
    // The system outlives its processes.
  }

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
        return new Writer(journal.writer(writerName, guarantee));
      }

      @Override
      public void fence(String writerName) {
        journal.fence(writerName);
      }

      @Override
      public void trim(int partition, long position) {
        journal.trim(partition, position);
      }

      @Override
      public JournalReader reader() {
        return journal.reader();
      }

      @Override
      public void close() {
        journal.close();
      }
    };
  }

  /** What is sent while a commit is under way waits here until that has ended. */
  private final class Writer implements JournalWriter, SystemProducer {
    private final JournalWriter writer;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private @Nullable Commit underWay;
    private @Nullable Throwable failed;

    Writer(JournalWriter writer) {
      this.writer = writer;
    }

    private void afterCommit(Runnable action) {
      if (underWay != null) {
        waiting.add(action);
      } else if (failed == null) {
        action.run();
      }
    }

    @Override
    public SystemProducer outputs() {
      return this;
    }

    @Override
    public void send(OutgoingRecord record) {
      OutgoingRecord changed =
          new OutgoingRecord(
              record.stream(),
              record.partition(),
              record.partitionKey(),
              record.key(),
              record.value(),
              record.timestamp(),
              sent.apply(record.headers()));
      afterCommit(() -> writer.outputs().send(changed));
    }

    @Override
    public void flush() {
      afterCommit(() -> writer.outputs().flush());
    }

    @Override
    public void append(int partition, List<byte[]> records) {
      afterCommit(() -> writer.append(partition, records));
    }

    @Override
    public CompletableFuture<Map<Integer, Long>> commit() {
      awaitCommit();
      Throwable before = failed;
      if (before != null) {
        return CompletableFuture.failedFuture(before);
      }
      if (time.chance(weather.unknown)) {
        return unknown();
      }
      if (!time.chance(weather.late)) {
        return writer.commit();
      }
      if (time.random().nextBoolean()) { // done at once, known later
        LateAnswer answer = new LateAnswer(writer.commit());
        process.after(time.upTo(LONGEST_COMMIT_MS), answer::come);
        return answer;
      }
      Commit commit = new Commit(this);
      underWay = commit;
      long durationMs = time.upTo(LONGEST_COMMIT_MS);
      if (time.random().nextBoolean()) {
        time.after(durationMs, commit::end); // it is on its way, whatever becomes of the process
      } else {
        process.after(durationMs, commit::end);
      }
      return commit;
    }

    private CompletableFuture<Map<Integer, Long>> unknown() {
      if (time.random().nextBoolean()) {
        CompletableFuture<Map<Integer, Long>> done = writer.commit();
        if (done.isCompletedExceptionally()) {
          return done;
        }
      }
      return CompletableFuture.failedFuture(
          new TidemarkException(UNKNOWN_OUTCOME, "the outcome of a commit is unknown"));
    }

    private void awaitCommit() {
      if (underWay != null) {
        underWay.end();
      }
    }

    private void failed(Throwable cause) {
      underWay = null;
      waiting.clear();
      failed = cause;
    }

    private void ended() {
      underWay = null;
      while (!waiting.isEmpty()) {
        waiting.remove().run();
      }
    }

    @Override
    public void close() {
      try {
        awaitCommit();
      } finally {
        writer.close();
      }
    }
  }

  /** A commit that the process is told of later, or when it waits for that. */
  private static final class LateAnswer extends CompletableFuture<Map<Integer, Long>> {
    private final CompletableFuture<Map<Integer, Long>> outcome;

    LateAnswer(CompletableFuture<Map<Integer, Long>> outcome) {
      this.outcome = outcome;
    }

    void come() {
      outcome.whenComplete(
          (places, failure) -> {
            if (failure == null) {
              complete(places);
            } else {
              completeExceptionally(failure);
            }
          });
    }

    @Override
    public Map<Integer, Long> get() throws InterruptedException, ExecutionException {
      come();
      return super.get();
    }
  }

  /** A commit that is done later, or when the process waits for it. */
  private static final class Commit extends CompletableFuture<Map<Integer, Long>> {
    private final Writer writer;

    Commit(Writer writer) {
      this.writer = writer;
    }

    void end() {
      if (isDone()) {
        return;
      }
      try {
        complete(writer.writer.commit().join());
        writer.ended();
      } catch (CompletionException e) {
        Throwable cause = Objects.requireNonNull(e.getCause());
        writer.failed(cause);
        completeExceptionally(cause);
      } catch (RuntimeException e) {
        writer.failed(e);
        completeExceptionally(e);
      }
    }

    @Override
    public Map<Integer, Long> get() throws InterruptedException, ExecutionException {
      end();
      return super.get();
    }
  }
}
