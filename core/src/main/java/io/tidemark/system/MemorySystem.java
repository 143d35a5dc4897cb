package io.tidemark.system;

import io.tidemark.api.FencedException;
import io.tidemark.api.Partition;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TidemarkException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Streams in memory, for tests and simulation. Deterministic: it has no threads, and the same calls
 * in the same order give the same contents.
 *
 * <p>One lock, the system itself, guards everything, so any thread may call anything. Closing it or
 * what it hands out loses no record: whoever comes later finds what was committed.
 */
public final class MemorySystem implements StreamSystem {
  private final String name;
  private final InstantSource clock;
  private final Map<String, List<MemoryPartition>> streams = new HashMap<>();
  private final Map<String, Integer> nextPartitions = new HashMap<>();
  private final Map<String, Long> writerEpochs = new HashMap<>();

  /** A system that takes the time of records that have none from the machine's clock. */
  public MemorySystem(String name) {
    this(name, InstantSource.system());
  }

  /**
   * An empty system.
   *
   * @param name its name, as in {@code systems.<name>.factory}
   * @param clock gives a timestamp to records sent without one
   */
  public MemorySystem(String name, InstantSource clock) {
    this.name = name;
    this.clock = clock;
  }

  /** The name that its partitions carry. */
  public String name() {
    return name;
  }

  @Override
  public SystemAdmin admin() {
    return new Admin();
  }

  @Override
  public SystemConsumer consumer(String clientId) {
    return new MemoryConsumer(this);
  }

  @Override
  public SystemProducer producer(String clientId) {
    return new Producer();
  }

  /**
   * A writer whose records become visible together when it commits. Fences the former writer of
   * that name.
   */
  public synchronized MemoryWriter writer(String writerName) {
    return new MemoryWriter(this, writerName, writerEpochs.merge(writerName, 1L, Long::sum));
  }

  /** Fences the writer of that name, if there is one. */
  public synchronized void fence(String writerName) {
    writerEpochs.merge(writerName, 1L, Long::sum);
  }

  /** Another system of the same name that holds what this one does now, and goes its own way. */
  public synchronized MemorySystem copy() {
    MemorySystem copy = new MemorySystem(name, clock);
    streams.forEach(
        (stream, partitions) ->
            copy.streams.put(stream, partitions.stream().map(MemoryPartition::copy).toList()));
    copy.nextPartitions.putAll(nextPartitions);
    copy.writerEpochs.putAll(writerEpochs);
    return copy;
  }

  /** All records that a partition holds at this moment. */
  public synchronized List<MemoryRecord> records(String stream, int partition) {
    MemoryPartition log = partition(stream, partition);
    return log.read(log.oldest(), Integer.MAX_VALUE);
  }

  /** Up to {@code limit} records of a partition, from {@code offset} on. */
  public synchronized List<MemoryRecord> records(
      String stream, int partition, long offset, int limit) {
    return partition(stream, partition).read(offset, limit);
  }

  /** The offset of the oldest record of a partition, or where it would be. */
  public synchronized long oldest(String stream, int partition) {
    return partition(stream, partition).oldest();
  }

  /** The offset that the next record of a partition will have. */
  public synchronized long end(String stream, int partition) {
    return partition(stream, partition).end();
  }

  /** Gives a stream more partitions, as an administrator would. */
  public synchronized void addPartitions(String stream, int count) {
    List<MemoryPartition> partitions = new ArrayList<>(partitions(stream));
    while (partitions.size() < count) {
      partitions.add(emptyPartition(stream, partitions.size()));
    }
    streams.put(stream, List.copyOf(partitions));
  }

  private MemoryPartition emptyPartition(String stream, int partition) {
    return new MemoryPartition(new SystemStreamPartition(name, stream, new Partition(partition)));
  }

  /** Forgets the records of a partition below {@code offset}, as retention would. */
  public synchronized void trim(String stream, int partition, long offset) {
    partition(stream, partition).trim(offset);
  }

  @Override
  public void close() {
    // Contents outlive those who look at them.
  }

  MemoryPartition partition(String stream, int partition) {
    List<MemoryPartition> partitions = partitions(stream);
    if (partition < 0 || partition >= partitions.size()) {
      throw new TidemarkException(
          "TM-2004",
          "%s.%s has no partition %d: it has %d partitions"
              .formatted(name, stream, partition, partitions.size()));
    }
    return partitions.get(partition);
  }

  /** A record with all that is decided when it is sent. */
  record Placed(MemoryPartition partition, OutgoingRecord record, long timestamp) {}

  Placed place(OutgoingRecord record) {
    int partition = record.partition();
    if (partition < 0) {
      int partitions = partitions(record.stream()).size();
      byte[] key = record.partitionKey();
      partition =
          key != null
              ? KeyHash.partition(key, partitions)
              : (nextPartitions.merge(record.stream(), 1, Integer::sum) - 1) % partitions;
    }
    long timestamp = record.timestamp() >= 0 ? record.timestamp() : clock.millis();
    return new Placed(partition(record.stream(), partition), record, timestamp);
  }

  void append(Placed placed) {
    placed.partition.append(placed.record, placed.timestamp);
    notifyAll();
  }

  void requireEpoch(String writerName, long epoch) {
    if (writerEpochs.getOrDefault(writerName, 0L) != epoch) {
      throw new FencedException(
          "TM-3101",
          "Another process took over from the writer %s of system %s; this one must stop"
              .formatted(writerName, name),
          null);
    }
  }

  private List<MemoryPartition> partitions(String stream) {
    List<MemoryPartition> partitions = streams.get(stream);
    if (partitions == null) {
      throw new TidemarkException(
          "TM-2004",
          "System %s has no stream %s; create it, or correct its name".formatted(name, stream));
    }
    return partitions;
  }

  private final class Admin implements SystemAdmin {
    @Override
    public Map<String, Integer> partitionCounts(Collection<String> names) {
      synchronized (MemorySystem.this) {
        Map<String, Integer> counts = new HashMap<>();
        for (String stream : names) {
          List<MemoryPartition> partitions = streams.get(stream);
          if (partitions != null) {
            counts.put(stream, partitions.size());
          }
        }
        return counts;
      }
    }

    @Override
    public void create(StreamSpec stream) {
      synchronized (MemorySystem.this) {
        streams.computeIfAbsent(stream.name(), created -> emptyPartitions(stream));
      }
    }

    private List<MemoryPartition> emptyPartitions(StreamSpec stream) {
      if (stream.partitions() < 1) {
        throw new IllegalArgumentException("a stream has at least one partition: " + stream);
      }
      MemoryPartition[] partitions = new MemoryPartition[stream.partitions()];
      for (int i = 0; i < partitions.length; i++) {
        partitions[i] = emptyPartition(stream.name(), i);
      }
      return List.of(partitions);
    }

    @Override
    public void trim(SystemStreamPartition id, String offset) {
      synchronized (MemorySystem.this) {
        MemoryPartition log = partition(id.getStream(), id.getPartition().id());
        long to = Long.parseLong(offset);
        if (to > log.oldest()) {
          log.trim(to);
        }
      }
    }

    @Override
    public Map<SystemStreamPartition, OffsetRange> offsets(Set<SystemStreamPartition> wanted) {
      synchronized (MemorySystem.this) {
        Map<SystemStreamPartition, OffsetRange> ranges = new HashMap<>();
        for (SystemStreamPartition id : wanted) {
          MemoryPartition log = partition(id.getStream(), id.getPartition().id());
          ranges.put(id, new OffsetRange(Long.toString(log.oldest()), Long.toString(log.end())));
        }
        return ranges;
      }
    }
  }

  private final class Producer implements SystemProducer {
    @Override
    public void send(OutgoingRecord record) {
      synchronized (MemorySystem.this) {
        append(place(record));
      }
    }

    @Override
    public void flush() {
      // Every record was there when send returned.
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }
}
