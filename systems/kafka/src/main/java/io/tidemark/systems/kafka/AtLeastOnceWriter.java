package io.tidemark.systems.kafka;

import io.tidemark.api.TidemarkException;
import io.tidemark.journal.JournalWriter;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.SystemProducer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Writes a journal and outputs without transactions: a commit's blocks are sent when all its
 * outputs are acknowledged.
 *
 * <p>Nothing refuses a former writer here. It finds out when the offsets of its own blocks in a
 * partition do not follow one another: then somebody else wrote between them.
 *
 * <p>Belongs to the worker's thread, except for what the commit thread is handed.
 */
final class AtLeastOnceWriter implements JournalWriter {
  private final String name;
  private final JournalTopic journal;
  private final Failures failures;
  private final RecordSender sender;
  private final CommitThread commits;
  private final SystemProducer outputs = new Outputs();
  private final Map<Integer, Long> nextOffsets = new HashMap<>(); // of the commit thread
  private List<Block> blocks = new ArrayList<>();
  private boolean sentOutputs;
  private boolean closed;

  /** Fences a former transactional writer of that name, which may have left something open. */
  AtLeastOnceWriter(String name, JournalTopic journal, KafkaSettings settings, KafkaAdmin admin) {
    this.name = name;
    this.journal = journal;
    this.failures = new Failures(settings);
    admin.requireReachable();
    admin.fence(TransactionalWriter.transactionalIds(name));
    this.sender = new RecordSender(settings, admin, name);
    this.commits = new CommitThread(name);
  }

  @Override
  public SystemProducer outputs() {
    return outputs;
  }

  @Override
  public void append(int partition, List<byte[]> records) {
    commits.requireUsable();
    for (byte[] record : records) {
      blocks.add(new Block(partition, journal.record(partition, record)));
    }
  }

  @Override
  public CompletableFuture<Map<Integer, Long>> commit() {
    try {
      commits.awaitIdle();
    } catch (TidemarkException e) {
      return CompletableFuture.failedFuture(e);
    }
    if (blocks.isEmpty() && !sentOutputs) {
      return CompletableFuture.completedFuture(Map.of());
    }
    List<Block> committed = blocks;
    blocks = new ArrayList<>();
    sentOutputs = false;
    return commits.start(() -> commit(committed));
  }

  /** On the commit thread. */
  private Map<Integer, Long> commit(List<Block> committed) {
    try {
      sender.flush();
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (Block block : committed) {
        sent.add(sender.send(block.record));
      }
      sender.flush();
      Map<Integer, Long> positions = new HashMap<>();
      for (int i = 0; i < sent.size(); i++) {
        int partition = committed.get(i).partition;
        positions.putIfAbsent(partition, offset(partition, sent.get(i)));
      }
      return positions;
    } catch (RuntimeException | ExecutionException e) {
      throw commits.fail(failures.ofWriter(e, name, "commit"));
    }
  }

  private long offset(int partition, Future<RecordMetadata> flushed) throws ExecutionException {
    try {
      long offset = flushed.get().offset();
      Long expected = nextOffsets.put(partition, offset + 1);
      if (expected != null && expected != offset) {
        throw failures.fenced(name, null);
      }
      return offset;
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      commits.close();
      sender.close();
    }
  }

  private record Block(int partition, ProducerRecord<byte[], byte[]> record) {}

  private final class Outputs implements SystemProducer {
    @Override
    public void send(OutgoingRecord record) {
      commits.requireUsable();
      sentOutputs = true;
      sender.send(record);
    }

    @Override
    public void flush() {
      commits.requireUsable();
      sender.flush();
    }

    @Override
    public void close() {
      // The writer's own close does it.
    }
  }
}
