package io.tidemark.benchmarks.checkpoint;

import io.tidemark.api.Header;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.OffsetRange;
import io.tidemark.system.RecordBatch;
import io.tidemark.system.StartPosition;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.StreamSystem;
import io.tidemark.system.SystemAdmin;
import io.tidemark.system.SystemConsumer;
import io.tidemark.system.SystemProducer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A stream of one partition whose records are their own numbers: so many at once, and after them,
 * once it is paced, one after the other at a steady rate, whether or not anybody takes them. So a
 * record's delay is the time from its due moment until it is processed, however long others before
 * it take. Any thread may call it; its consumer belongs to one.
 */
final class PacedSystem implements StreamSystem {
  private static final int BATCH = 500;

  private final long first;
  private final long intervalNanos;
  private volatile long pacedFrom;

  /**
   * @param first how many records are there at once
   * @param perSecond how many come in a second after them
   */
  PacedSystem(long first, long perSecond) {
    this.first = first;
    this.intervalNanos = 1_000_000_000 / perSecond;
  }

  /** Lets the records come that are paced. */
  void pace() {
    pacedFrom = System.nanoTime();
  }

  /** When a paced record is due. */
  long due(long number) {
    return pacedFrom + (number - first) * intervalNanos;
  }

  private long end() {
    return pacedFrom == 0 ? first : first + (System.nanoTime() - pacedFrom) / intervalNanos;
  }

  private record Numbers(SystemStreamPartition partition, long from, int size)
      implements RecordBatch {
    @Override
    public byte[] key(int index) {
      return value(index);
    }

    @Override
    public byte[] value(int index) {
      return ByteBuffer.allocate(Long.BYTES).putLong(from + index).array();
    }

    @Override
    public long timestamp(int index) {
      return 0;
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
    private final Map<SystemStreamPartition, Long> positions = new HashMap<>();
    private boolean paused;
    private volatile boolean wakeup;

    @Override
    public void assign(Map<SystemStreamPartition, StartPosition> starts) {
      positions.clear();
      add(starts);
    }

    @Override
    public void add(Map<SystemStreamPartition, StartPosition> starts) {
      starts.forEach(
          (id, start) ->
              positions.put(
                  id, start instanceof StartPosition.At at ? Long.parseLong(at.offset()) : 0L));
    }

    @Override
    public void remove(Collection<SystemStreamPartition> partitions) {
      partitions.forEach(positions::remove);
    }

    @Override
    public List<RecordBatch> poll(Duration timeout) {
      long deadline = System.nanoTime() + timeout.toNanos();
      while (true) {
        for (Map.Entry<SystemStreamPartition, Long> entry : positions.entrySet()) {
          long from = entry.getValue();
          int size = paused ? 0 : (int) Math.min(BATCH, end() - from);
          if (size > 0) {
            entry.setValue(from + size);
            return List.of(new Numbers(entry.getKey(), from, size));
          }
        }
        if (wakeup || System.nanoTime() >= deadline) {
          wakeup = false;
          return List.of();
        }
        LockSupport.parkNanos(Math.min(200_000, deadline - System.nanoTime()));
      }
    }

    @Override
    public void pause(Collection<SystemStreamPartition> partitions) {
      paused = !partitions.isEmpty() || paused;
    }

    @Override
    public void resume(Collection<SystemStreamPartition> partitions) {
      paused = partitions.isEmpty() && paused;
    }

    @Override
    public String position(SystemStreamPartition partition) {
      return String.valueOf(positions.get(partition));
    }

    @Override
    public long lag(SystemStreamPartition partition) {
      return -1;
    }

    @Override
    public void reportProgress(Map<SystemStreamPartition, String> reached) {
      // Nobody looks.
    }

    @Override
    public void wakeup() {
      wakeup = true;
    }

    @Override
    public void close() {
      positions.clear();
    }
  }

  private final class Admin implements SystemAdmin {
    @Override
    public Map<String, Integer> partitionCounts(Collection<String> streams) {
      Map<String, Integer> counts = new HashMap<>();
      streams.forEach(stream -> counts.put(stream, 1));
      return counts;
    }

    @Override
    public void create(StreamSpec stream) {
      // Every stream is there.
    }

    @Override
    public Map<SystemStreamPartition, OffsetRange> offsets(Set<SystemStreamPartition> partitions) {
      Map<SystemStreamPartition, OffsetRange> offsets = new HashMap<>();
      partitions.forEach(id -> offsets.put(id, new OffsetRange("0", Long.toString(end()))));
      return offsets;
    }
  }

  @Override
  public SystemAdmin admin() {
    return new Admin();
  }

  @Override
  public SystemConsumer consumer(String clientId) {
    return new Consumer();
  }

  @Override
  public SystemProducer producer(String clientId) {
    return new MemorySystem("unread").producer(clientId); // nobody sends
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
