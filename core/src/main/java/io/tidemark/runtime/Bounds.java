package io.tidemark.runtime;

import io.tidemark.api.Header;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.system.RecordBatch;
import io.tidemark.system.SystemConsumer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a bounded run ends: at what each input held when its task started. An unbounded run has
 * none. Confined to the worker.
 */
final class Bounds {
  private final WorkerSpec spec;
  private final Map<SystemStreamPartition, String> ends = new HashMap<>();
  private final Set<SystemStreamPartition> open = new HashSet<>();

  Bounds(WorkerSpec spec) {
    this.spec = spec;
  }

  /** Asks for the ends of these partitions too, if the run is bounded. */
  void add(Set<SystemStreamPartition> partitions) {
    if (spec.untilEnd()) {
      partitions.forEach(partition -> ends.put(partition, spec.offsets(partition).end()));
      open.addAll(partitions);
    }
  }

  /** These partitions are read no more. */
  void remove(Collection<SystemStreamPartition> partitions) {
    partitions.forEach(ends::remove);
    open.removeAll(partitions);
  }

  /** The part of a batch that is within the bounds; null if none of it is. */
  @Nullable RecordBatch cut(RecordBatch batch) {
    String end = ends.get(batch.partition());
    if (end == null || isBefore(batch, batch.size() - 1, end)) {
      return batch;
    }
    int size = 0;
    while (size < batch.size() && isBefore(batch, size, end)) {
      size++;
    }
    return size == 0 ? null : new Cut(batch, size);
  }

  private boolean isBefore(RecordBatch batch, int index, String end) {
    return compare(batch.partition(), batch.offset(index), end) < 0;
  }

  private int compare(SystemStreamPartition partition, String left, String right) {
    return spec.system(partition.getSystem()).admin().compareOffsets(left, right);
  }

  /** The partitions of a consumer that have been delivered up to their end since the last call. */
  List<SystemStreamPartition> newlyReached(SystemConsumer consumer, String system) {
    if (open.isEmpty()) {
      return List.of();
    }
    List<SystemStreamPartition> reached = new ArrayList<>();
    for (SystemStreamPartition partition : open) {
      if (partition.getSystem().equals(system)
          && compare(partition, consumer.position(partition), end(partition)) >= 0) {
        reached.add(partition);
      }
    }
    reached.forEach(open::remove);
    return reached;
  }

  private String end(SystemStreamPartition partition) {
    return Objects.requireNonNull(ends.get(partition));
  }

  /** Whether a partition was delivered up to its end. */
  boolean isReached(SystemStreamPartition partition) {
    return spec.untilEnd() && !open.contains(partition);
  }

  /** Whether all were. */
  boolean isReached() {
    return spec.untilEnd() && open.isEmpty();
  }

  /** The beginning of a batch. */
  private record Cut(RecordBatch batch, int size) implements RecordBatch {
    @Override
    public SystemStreamPartition partition() {
      return batch.partition();
    }

    @Override
    public byte @Nullable [] key(int index) {
      return batch.key(index);
    }

    @Override
    public byte @Nullable [] value(int index) {
      return batch.value(index);
    }

    @Override
    public long timestamp(int index) {
      return batch.timestamp(index);
    }

    @Override
    public List<Header> headers(int index) {
      return batch.headers(index);
    }

    @Override
    public String offset(int index) {
      return batch.offset(index);
    }

    @Override
    public String offsetAfter(int index) {
      return batch.offsetAfter(index);
    }
  }
}
