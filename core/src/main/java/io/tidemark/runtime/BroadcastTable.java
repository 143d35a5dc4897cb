package io.tidemark.runtime;

import io.tidemark.api.Partition;
import io.tidemark.api.Serde;
import io.tidemark.api.SerializationException;
import io.tidemark.api.StateException;
import io.tidemark.api.SystemStream;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TidemarkException;
import io.tidemark.runtime.WorkerCounters.Counter;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.EngineReader;
import io.tidemark.state.StateDirectory;
import io.tidemark.state.TableView;
import io.tidemark.system.Failpoint;
import io.tidemark.system.OffsetRange;
import io.tidemark.system.RecordBatch;
import io.tidemark.system.StartPosition;
import io.tidemark.system.StreamSystem;
import io.tidemark.system.SystemConsumer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store that has all of a stream, once for all tasks of a container: the last message of each
 * key. There is no journal, as the stream is the log: after a restart it is read on from where the
 * contents stand, and where that cannot be, the table is emptied and fed from the beginning.
 *
 * <p>Threads: one opens, feeds and closes it; any may read {@link #reader} in between.
 */
public final class BroadcastTable implements TableView.Table, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BroadcastTable.class);
  private static final long APPLY_BYTES = 1L << 20;

  private final Spec spec;
  private final LongSupplier ticker;
  private final WorkerCounters counters;
  private final Map<SystemStreamPartition, String> ends = new HashMap<>();
  private @Nullable TableContents contents;
  private @Nullable SystemConsumer consumer;
  private @Nullable PopulationProgress progress;
  private long skipped;
  private volatile boolean populated;

  /**
   * What a table is made of.
   *
   * @param store its name
   * @param engines opens its engine
   * @param properties the engine's settings
   * @param source the stream that feeds it
   * @param system the stream's system
   * @param keySerde for keys; not used by anybody else
   * @param valueSerde for values; not used by anybody else
   * @param maxValueBytes how large a value may be
   * @param skipErrors whether records that cannot be read are passed over
   * @param waitMs how long tasks wait until it is populated
   * @param proceed whether they begin then, instead of failing
   */
  public record Spec(
      String store,
      EngineFactory engines,
      Map<String, String> properties,
      SystemStream source,
      StreamSystem system,
      Serde<Object> keySerde,
      Serde<Object> valueSerde,
      int maxValueBytes,
      boolean skipErrors,
      long waitMs,
      boolean proceed) {}

  /**
   * @param ticker milliseconds that never go back
   * @param counters where records that are passed over are counted
   */
  BroadcastTable(Spec spec, LongSupplier ticker, WorkerCounters counters) {
    this.spec = spec;
    this.ticker = ticker;
    this.counters = counters;
  }

  @Override
  public String store() {
    return spec.store;
  }

  SystemStream source() {
    return spec.source;
  }

  /** Once the table is open any thread may read, until it closes. */
  @Override
  public EngineReader reader() {
    return contents().reader();
  }

  /** Damage is noted for the next start; it is not that of the task's own state. */
  @Override
  public RuntimeException failure(StateException thrown) {
    if (!thrown.code().equals(StateException.DAMAGED)) {
      return thrown;
    }
    contents().markDamaged(thrown);
    StateException failure =
        new StateException(
            "TM-2022",
            String.format(
                "the copy of broadcast store %s is damaged; the next start feeds it from %s again: %s",
                spec.store, spec.source, thrown.getMessage()));
    failure.addSuppressed(thrown); // as a cause it would be taken for damage of the task's state
    return failure;
  }

  @Override
  public long approximateEntries() {
    return contents().approximateEntries();
  }

  /** Whether it has had all that the source held when it was opened, or tasks need not wait. */
  boolean isPopulated() {
    return populated;
  }

  /**
   * Opens what is there, and reads on from it.
   *
   * @param who whose table it is, for messages
   */
  void open(StateDirectory directory, String who) {
    progress = new PopulationProgress(who, ticker);
    Map<SystemStreamPartition, OffsetRange> ranges = ranges();
    TableContents opened =
        new TableContents(
            new TableContents.Place(directory, who, spec.store, spec.engines, spec.properties));
    contents = opened;
    String identity = spec.source + " " + spec.system.admin().identity(spec.source.getStream());
    String why = whyNotOn(identity, opened, ranges);
    if (why != null) {
      LOG.warn("{}: store {} is emptied and fed from the beginning: {}", who, spec.store, why);
      opened.clear();
    }
    opened.setSource(identity);
    Map<Integer, String> positions = opened.positions();
    Map<SystemStreamPartition, StartPosition> starts = new HashMap<>();
    ranges.forEach(
        (partition, range) -> {
          String position = positions.get(partition.getPartition().id());
          starts.put(partition, new StartPosition.At(position != null ? position : range.oldest()));
          ends.put(partition, range.end());
        });
    SystemConsumer reading = spec.system.consumer(who + "-" + spec.store);
    consumer = reading;
    reading.assign(starts);
    checkPopulation();
  }

  private Map<SystemStreamPartition, OffsetRange> ranges() {
    String stream = spec.source.getStream();
    Integer count = spec.system.admin().partitionCounts(List.of(stream)).getOrDefault(stream, 0);
    Set<SystemStreamPartition> partitions = new HashSet<>();
    for (int partition = 0; partition < count; partition++) {
      partitions.add(new SystemStreamPartition(spec.source, new Partition(partition)));
    }
    return spec.system.admin().offsets(partitions);
  }

  /** Why the source cannot be read on from where the contents stand; null if it can. */
  private @Nullable String whyNotOn(
      String identity, TableContents found, Map<SystemStreamPartition, OffsetRange> ranges) {
    String source = found.source();
    if (source != null && !source.equals(identity)) {
      return "it was fed by " + source + ", and is fed by " + identity + " now";
    }
    for (Map.Entry<Integer, String> read : found.positions().entrySet()) {
      SystemStreamPartition partition =
          new SystemStreamPartition(spec.source, new Partition(read.getKey()));
      String position = read.getValue();
      OffsetRange range = ranges.get(partition);
      if (range == null) {
        return partition + " is no more";
      }
      if (compare(position, range.oldest()) < 0 || compare(position, range.end()) > 0) {
        return String.format(
            "%s was read up to offset %s, and holds %s to %s now",
            partition, position, range.oldest(), range.end());
      }
    }
    return null;
  }

  /**
   * Takes what has come.
   *
   * @param timeoutMs how long to wait for the first record
   * @return how many records came
   */
  int doWork(long timeoutMs) {
    int taken = 0;
    List<RecordBatch> batches = consumer().poll(Duration.ofMillis(timeoutMs));
    while (!batches.isEmpty()) {
      for (RecordBatch batch : batches) {
        add(batch);
        taken += batch.size();
      }
      batches = contents().bytes() < APPLY_BYTES ? consumer().poll(Duration.ZERO) : List.of();
    }
    if (taken > 0) {
      apply(taken);
    }
    if (!populated) {
      checkPopulation();
    }
    return taken;
  }

  private void apply(int taken) {
    try {
      Failpoint.pass("broadcast.before-apply");
      contents().apply();
      Failpoint.pass("broadcast.after-apply");
      progress().add(taken);
    } catch (StateException e) {
      throw failure(e);
    }
  }

  private void add(RecordBatch batch) {
    for (int i = 0; i < batch.size(); i++) {
      try {
        add(batch, i);
      } catch (RuntimeException e) {
        rejected(batch, i, e);
      }
    }
    contents()
        .setPosition(batch.partition().getPartition().id(), batch.offsetAfter(batch.size() - 1));
  }

  /** The key's bytes are made anew, so that they are those that tasks will look for. */
  private void add(RecordBatch batch, int index) {
    Object key = SourceFeed.required(spec.keySerde.fromBytes(batch.key(index)), "key");
    byte[] value = batch.value(index);
    if (value != null) {
      SourceFeed.required(spec.valueSerde.fromBytes(value), "value");
      if (value.length > spec.maxValueBytes) {
        throw SerializationException.unreadable(
            String.format(
                "the value has %d bytes, and stores.%s.max.value.bytes allows %d",
                value.length, spec.store, spec.maxValueBytes));
      }
    }
    byte[] keyBytes = spec.keySerde.toBytes(key);
    contents().change(Objects.requireNonNull(keyBytes, "the key serde wrote null"), value);
  }

  private void rejected(RecordBatch batch, int index, RuntimeException cause) {
    String stream = spec.source.getStream();
    if (!spec.skipErrors) {
      throw new TidemarkException(
          "TM-2021",
          String.format(
              "the record at offset %s of %s cannot be put into store %s: %s. Correct the store's"
                  + " serdes, or set streams.%s.on.error=skip to go on without such records",
              batch.offset(index), batch.partition(), spec.store, cause, stream),
          cause);
    }
    counters.add(Counter.SKIPPED, 1);
    if (Long.bitCount(++skipped) == 1) { // the first, second, fourth, eighth ...
      LOG.warn(
          "Store {} passed over the record at offset {} of {}: {} ({} so far)",
          spec.store,
          batch.offset(index),
          batch.partition(),
          cause.toString(),
          skipped);
    }
  }

  private void checkPopulation() {
    SystemConsumer reading = consumer();
    ends.entrySet().removeIf(end -> compare(reading.position(end.getKey()), end.getValue()) >= 0);
    if (ends.isEmpty()) {
      progress().finished(spec.store);
      populated = true;
    } else if (progress().elapsedMs() >= spec.waitMs) {
      String how = progress().state(remaining());
      if (!spec.proceed) {
        throw Population.notInTime("the container", spec.store, spec.waitMs, how);
      }
      LOG.warn(
          "Tasks begin before broadcast store {} is populated, as stores.{}.source.on.timeout says:"
              + " {}",
          spec.store,
          spec.store,
          how);
      populated = true;
    } else if (progress().isDue()) {
      progress().report(spec.store, remaining());
    }
  }

  private long remaining() {
    return ends.keySet().stream().mapToLong(p -> Math.max(0, consumer().lag(p))).sum();
  }

  private int compare(String left, String right) {
    return spec.system.admin().compareOffsets(left, right);
  }

  private TableContents contents() {
    return Objects.requireNonNull(contents, "not open");
  }

  private SystemConsumer consumer() {
    return Objects.requireNonNull(consumer, "not open");
  }

  private PopulationProgress progress() {
    return Objects.requireNonNull(progress, "not open");
  }

  /** Frees everything; nobody reads any more. */
  @Override
  public void close() {
    try {
      if (consumer != null) {
        consumer.close();
      }
    } finally {
      if (contents != null) {
        contents.close();
      }
    }
  }
}
