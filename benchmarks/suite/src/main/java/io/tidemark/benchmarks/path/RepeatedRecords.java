package io.tidemark.benchmarks.path;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.benchmarks.contender.Message;
import io.tidemark.system.RecordBatch;
import io.tidemark.system.StartPosition;
import io.tidemark.system.SystemConsumer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Reads one partition, of which there is always another batch: those made beforehand, one after the
 * other, round and round. Confined to one thread.
 */
final class RepeatedRecords implements SystemConsumer {
  /** How many records a batch has, as many as Kafka's consumer gives by default. */
  static final int BATCH = 500;

  /** How many records are made. */
  private static final int RECORDS = 200 * BATCH;

  private final byte[][][] keys = new byte[RECORDS / BATCH][BATCH][];
  private final byte[][][] messages = new byte[RECORDS / BATCH][BATCH][];
  private List<SystemStreamPartition> partitions = List.of();
  private boolean paused;
  private int round;
  private long offset;

  /**
   * @param distinct how many keys there are, each as often as any other
   */
  RepeatedRecords(int distinct) {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < RECORDS; i++) {
      long key = Message.mix(random.nextInt(distinct));
      keys[i / BATCH][i % BATCH] = ByteBuffer.allocate(Long.BYTES).putLong(key).array();
      messages[i / BATCH][i % BATCH] = Message.of(i);
    }
  }

  @Override
  public List<RecordBatch> poll(Duration timeout) {
    if (paused || partitions.isEmpty()) {
      return List.of();
    }
    round = (round + 1) % keys.length;
    long from = offset;
    offset += BATCH;
    return List.of(new RepeatedBatch(partitions.get(0), keys[round], messages[round], from));
  }

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
  public void pause(Collection<SystemStreamPartition> held) {
    paused = true;
  }

  @Override
  public void resume(Collection<SystemStreamPartition> held) {
    paused = false;
  }

  @Override
  public String position(SystemStreamPartition partition) {
    return Long.toString(offset);
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
