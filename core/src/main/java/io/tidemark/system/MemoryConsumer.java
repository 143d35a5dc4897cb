package io.tidemark.system;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TidemarkException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads partitions of a {@link MemorySystem}, in the order they were assigned. A poll that waits
 * does so on the system's lock, and goes by the machine's time whatever the system's clock says.
 */
final class MemoryConsumer implements SystemConsumer {
  private static final int BATCH_LIMIT = 1000;

  private final MemorySystem system;
  private final Map<SystemStreamPartition, Long> positions = new LinkedHashMap<>();
  private final Set<SystemStreamPartition> paused = new HashSet<>();
  private boolean wakeup; // guarded by the system

  MemoryConsumer(MemorySystem system) {
    this.system = system;
  }

  @Override
  public void assign(Map<SystemStreamPartition, StartPosition> starts) {
    synchronized (system) {
      Map<SystemStreamPartition, Long> resolved = resolve(starts);
      positions.clear();
      positions.putAll(resolved);
      paused.clear();
    }
  }

  @Override
  public void add(Map<SystemStreamPartition, StartPosition> starts) {
    synchronized (system) {
      positions.putAll(resolve(starts));
    }
  }

  @Override
  public void remove(Collection<SystemStreamPartition> partitions) {
    partitions.forEach(this::requirePosition);
    partitions.forEach(positions::remove);
    partitions.forEach(paused::remove);
  }

  private Map<SystemStreamPartition, Long> resolve(
      Map<SystemStreamPartition, StartPosition> starts) {
    Map<SystemStreamPartition, Long> resolved = new LinkedHashMap<>();
    starts.forEach((id, start) -> resolved.put(id, resolve(log(id), start)));
    return resolved;
  }

  @Override
  public List<RecordBatch> poll(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    synchronized (system) {
      List<RecordBatch> batches = take();
      while (batches.isEmpty() && !wakeup) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || !await(left)) {
          break;
        }
        batches = take();
      }
      wakeup = false;
      return batches;
    }
  }

  /** Whether it may go on waiting: an interrupted thread keeps its flag and waits no more. */
  private boolean await(long nanos) {
    try {
      TimeUnit.NANOSECONDS.timedWait(system, Math.max(nanos, 1_000_000));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private List<RecordBatch> take() {
    List<RecordBatch> batches = new ArrayList<>();
    for (Map.Entry<SystemStreamPartition, Long> entry : positions.entrySet()) {
      SystemStreamPartition id = entry.getKey();
      if (paused.contains(id)) {
        continue;
      }
      MemoryPartition log = log(id);
      requireWithin(log, entry.getValue(), Long.toString(entry.getValue()));
      List<MemoryRecord> records = log.read(entry.getValue(), BATCH_LIMIT);
      if (!records.isEmpty()) {
        batches.add(new MemoryBatch(id, records));
        entry.setValue(entry.getValue() + records.size());
      }
    }
    return batches;
  }

  @Override
  public void pause(Collection<SystemStreamPartition> partitions) {
    partitions.forEach(this::requirePosition);
    paused.addAll(partitions);
  }

  @Override
  public void resume(Collection<SystemStreamPartition> partitions) {
    partitions.forEach(this::requirePosition);
    partitions.forEach(paused::remove);
  }

  @Override
  public String position(SystemStreamPartition partition) {
    return Long.toString(requirePosition(partition));
  }

  @Override
  public long lag(SystemStreamPartition partition) {
    synchronized (system) {
      return log(partition).end() - requirePosition(partition);
    }
  }

  @Override
  public void reportProgress(Map<SystemStreamPartition, String> reached) {
    // Nobody looks.
  }

  @Override
  public void wakeup() {
    synchronized (system) {
      wakeup = true;
      system.notifyAll();
    }
  }

  @Override
  public void close() {
    positions.clear();
  }

  private MemoryPartition log(SystemStreamPartition id) {
    return system.partition(id.getStream(), id.getPartition().id());
  }

  private long requirePosition(SystemStreamPartition id) {
    @Nullable Long position = positions.get(id);
    if (position == null) {
      throw new IllegalStateException(id + " is not assigned");
    }
    return position;
  }

  private static long resolve(MemoryPartition log, StartPosition start) {
    if (start instanceof StartPosition.At at) {
      return requireWithin(log, parse(at.offset()), at.offset());
    }
    return start instanceof StartPosition.Oldest ? log.oldest() : log.end();
  }

  private static long parse(String offset) {
    try {
      return Long.parseLong(offset);
    } catch (NumberFormatException e) {
      return -1; // in no partition
    }
  }

  private static long requireWithin(MemoryPartition log, long position, String offset) {
    if (position < log.oldest() || position > log.end()) {
      throw new TidemarkException(
          "TM-2005",
          "Offset %s is not in %s, which holds %d to %d; start at another offset"
              .formatted(offset, log.id, log.oldest(), log.end()));
    }
    return position;
  }
}
