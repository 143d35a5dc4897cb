package io.tidemark.systems.kafka;

import io.tidemark.api.FencedException;
import io.tidemark.api.TidemarkException;
import io.tidemark.journal.JournalWriter;
import io.tidemark.system.Failpoint;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.SystemProducer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Writes a journal and outputs in transactions, of which one may commit while the next one fills:
 * two lanes take turns.
 *
 * <p>No record overtakes another: what is sent while the former lane is not yet flushed waits in a
 * list, and a lane begins to commit only when the former lane's commit is known to have succeeded.
 * So whatever a crash or a successor does, the committed records of this writer are those of a
 * prefix of its commits.
 *
 * <p>Belongs to the worker's thread; the commit thread has the lane that commits, and nothing else.
 */
final class TransactionalWriter implements JournalWriter {
  private static final int WAITING_LIMIT_BYTES = 32 << 20;

  private final String name;
  private final JournalTopic journal;
  private final KafkaAdmin admin;
  private final Failures failures;
  private final CommitThread commits;
  private final List<Waiting> waiting = new ArrayList<>();
  private final SystemProducer outputs = new Outputs();
  private Lane sending;
  private Lane committing;
  private Future<?> flushed = CompletableFuture.completedFuture(null);
  private long waitingBytes;
  private boolean closed;

  /** Fences the former writer of that name. */
  TransactionalWriter(String name, JournalTopic journal, KafkaSettings settings, KafkaAdmin admin) {
    this.name = name;
    this.journal = journal;
    this.admin = admin;
    this.failures = new Failures(settings);
    admin.requireReachable();
    this.commits = new CommitThread(name);
    List<String> ids = transactionalIds(name);
    this.sending = lane(ids.get(0), settings);
    this.committing = lane(ids.get(1), settings);
    try {
      Future<?> other = commits.submit(() -> initialize(committing));
      initialize(sending);
      commits.await(other);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The ids under which the cluster knows the writer of that name. */
  static List<String> transactionalIds(String writerName) {
    return List.of(writerName + "-0", writerName + "-1");
  }

  private Lane lane(String transactionalId, KafkaSettings settings) {
    return new Lane(
        new RecordSender(settings, admin, settings.transactionalProperties(transactionalId)));
  }

  private void initialize(Lane lane) {
    try {
      lane.initialize();
    } catch (KafkaException e) {
      throw commits.fail(failures.ofWriter(e, name, "start transactions"));
    }
  }

  @Override
  public SystemProducer outputs() {
    return outputs;
  }

  @Override
  public void append(int partition, List<byte[]> records) {
    for (byte[] record : records) {
      send(journal.record(partition, record), partition);
    }
  }

  private void send(ProducerRecord<byte[], byte[]> record, @Nullable Integer journalPartition) {
    commits.requireUsable();
    if (flushed.isDone()) {
      sendWaiting();
      sendNow(record, journalPartition);
      return;
    }
    waiting.add(new Waiting(record, journalPartition));
    waitingBytes += bytes(record.key()) + bytes(record.value());
    if (waitingBytes > WAITING_LIMIT_BYTES) {
      commits.await(flushed);
      commits.requireUsable();
      sendWaiting();
    }
  }

  private void sendWaiting() {
    if (!waiting.isEmpty()) {
      waiting.forEach(record -> sendNow(record.record, record.journalPartition));
      waiting.clear();
      waitingBytes = 0;
    }
  }

  private void sendNow(ProducerRecord<byte[], byte[]> record, @Nullable Integer journalPartition) {
    try {
      sending.send(record, journalPartition);
    } catch (TidemarkException | KafkaException | IllegalStateException e) {
      throw failed(sending, e, "send");
    }
  }

  private void flush() {
    commits.await(flushed);
    commits.requireUsable();
    sendWaiting();
    try {
      sending.flush();
    } catch (TidemarkException e) {
      throw failed(sending, e, "wait for what was sent");
    }
  }

  @Override
  public CompletableFuture<Map<Integer, Long>> commit() {
    try {
      commits.awaitIdle();
      sendWaiting();
    } catch (TidemarkException e) {
      return CompletableFuture.failedFuture(e);
    }
    if (!sending.isOpen()) {
      return CompletableFuture.completedFuture(Map.of());
    }
    Lane lane = sending;
    sending = committing;
    committing = lane;
    CompletableFuture<Void> laneFlushed = new CompletableFuture<>();
    flushed = laneFlushed;
    return commits.start(() -> commit(lane, laneFlushed));
  }

  /** On the commit thread. */
  private Map<Integer, Long> commit(Lane lane, CompletableFuture<Void> laneFlushed) {
    try {
      lane.flush();
      laneFlushed.complete(null);
      Failpoint.pass("commit.before-transaction");
      Map<Integer, Long> positions = lane.commit();
      Failpoint.pass("commit.after-transaction");
      return positions;
    } catch (RuntimeException e) {
      throw failed(lane, e, "commit");
    } finally {
      laneFlushed.complete(null); // if it failed, nothing that was sent after it will be committed
    }
  }

  /**
   * Ends this writer. Aborts the lane's transaction, which frees its readers at once, and tells
   * whether a successor was the reason: the cluster is not as clear in answer to other requests.
   */
  private TidemarkException failed(Lane lane, Throwable error, String what) {
    TidemarkException verdict = failures.ofWriter(error, name, what);
    if (!(verdict instanceof FencedException) && !Failures.find(error, TimeoutException.class)) {
      try {
        lane.abort();
      } catch (RuntimeException e) {
        if (Failures.isFenced(e)) {
          verdict = failures.fenced(name, e);
        } else {
          verdict.addSuppressed(e);
        }
      }
    }
    return commits.fail(verdict);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Future<?> other = commits.submit(committing::close); // behind a commit that is under way
    commits.close();
    if (!other.isDone()) {
      committing.close();
    }
    sending.close();
    waiting.clear();
  }

  private static int bytes(byte @Nullable [] part) {
    return part == null ? 0 : part.length;
  }

  /** A record that must not be sent before the former lane is flushed. */
  private record Waiting(
      ProducerRecord<byte[], byte[]> record, @Nullable Integer journalPartition) {}

  private final class Outputs implements SystemProducer {
    @Override
    public void send(OutgoingRecord record) {
      TransactionalWriter.this.send(RecordSender.address(record, admin), null);
    }

    @Override
    public void flush() {
      TransactionalWriter.this.flush();
    }

    @Override
    public void close() {
      // The writer's own close does it.
    }
  }
}
