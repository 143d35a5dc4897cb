package io.tidemark.system;

import io.tidemark.api.SystemStreamPartition;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Reads partitions of a system for one worker. Only {@link #wakeup} may be called by other threads.
 *
 * <p>Delivers each partition's committed records in order, each once, from its start position on.
 */
public interface SystemConsumer extends AutoCloseable {

  /**
   * Reads these partitions from now on, and no others.
   *
   * @throws io.tidemark.api.TidemarkException (TM-2005) if a start offset is not in its partition
   */
  void assign(Map<SystemStreamPartition, StartPosition> starts);

  /**
   * Reads these partitions too. Those that were read before go on where they are, paused or not.
   *
   * @throws io.tidemark.api.TidemarkException (TM-2005) if a start offset is not in its partition
   */
  void add(Map<SystemStreamPartition, StartPosition> starts);

  /** Reads these partitions no more. The others go on where they are, paused or not. */
  void remove(Collection<SystemStreamPartition> partitions);

  /**
   * Takes records that have come, waiting up to {@code timeout} for the first.
   *
   * @return batches, none of them empty; at most one per partition
   */
  List<RecordBatch> poll(Duration timeout);

  /** Delivers no records of these partitions until they are resumed. */
  void pause(Collection<SystemStreamPartition> partitions);

  /** Delivers records of these partitions again. */
  void resume(Collection<SystemStreamPartition> partitions);

  /** The offset up to which the partition's records have been delivered (that one excluded). */
  String position(SystemStreamPartition partition);

  /** How many records of the partition are known to wait; -1 if unknown. Never blocks. */
  long lag(SystemStreamPartition partition);

  /**
   * Shows progress to the system's own tools (a Kafka consumer group's offsets, say). Best effort:
   * nothing ever reads it back. Does not block.
   */
  void reportProgress(Map<SystemStreamPartition, String> positions);

  /** Makes a {@link #poll} that waits return. Any thread may call it. */
  void wakeup();

  @Override
  void close();
}
