package io.tidemark.systems.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * One of a writer's two transactional producers. A transaction begins with the first record that is
 * sent. One thread at a time: the worker's while it sends, the commit thread while it commits.
 */
final class Lane implements AutoCloseable {
  private final RecordSender sender;
  private final Map<Integer, Future<RecordMetadata>> firstAppended = new HashMap<>();
  private boolean open;

  Lane(RecordSender sender) {
    this.sender = sender;
  }

  /** Fences the former producer of the same transactional id. */
  void initialize() {
    sender.client().initTransactions();
  }

  /** Whether a transaction has begun. */
  boolean isOpen() {
    return open;
  }

  /**
   * Sends a record.
   *
   * @param journalPartition the journal's partition, if that is where the record goes
   */
  void send(ProducerRecord<byte[], byte[]> record, @Nullable Integer journalPartition) {
    if (!open) {
      sender.client().beginTransaction();
      open = true;
    }
    Future<RecordMetadata> sent = sender.send(record);
    if (journalPartition != null) {
      firstAppended.putIfAbsent(journalPartition, sent);
    }
  }

  void flush() {
    sender.flush();
  }

  /**
   * Commits what was flushed.
   *
   * @return the position of the first record appended to each of the journal's partitions
   */
  Map<Integer, Long> commit() {
    Map<Integer, Long> positions = new HashMap<>();
    firstAppended.forEach((partition, sent) -> positions.put(partition, offset(sent)));
    sender.client().commitTransaction();
    firstAppended.clear();
    open = false;
    return positions;
  }

  void abort() {
    sender.client().abortTransaction();
    open = false;
  }

  /** Aborts what is open. */
  @Override
  public void close() {
    sender.close();
  }

  private static long offset(Future<RecordMetadata> flushed) {
    try {
      return flushed.get().offset();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a record was refused after all were acknowledged", e);
    } catch (InterruptedException e) {
      throw new org.apache.kafka.common.errors.InterruptException(e);
    }
  }
}
