package io.tidemark.simulation;

import io.tidemark.api.Header;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.checkpoint.Timeline.StagePlan;
import io.tidemark.coordinator.ContainerStatus;
import io.tidemark.coordinator.Coordination;
import io.tidemark.coordinator.Orders;
import io.tidemark.system.RecordBatch;
import io.tidemark.system.StartPosition;
import io.tidemark.system.SystemConsumer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Bugs that are put into a container's surroundings, to see that the simulation finds them. */
enum Planted {
  NOTHING,
  /** A task's part of a checkpoint is acknowledged before the upload has ended. */
  ACKNOWLEDGED_BEFORE_UPLOAD,
  /** What records say of their sender's cut is ignored. */
  CUT_IGNORED,
  /** An assignment that is over is followed, and its generation not looked at. */
  GENERATION_UNCHECKED,
  /** What was sent on an abandoned timeline counts. */
  VOID_COUNTED,
  /** What a merged task's parts had processed beyond the place where it begins counts again. */
  REPEATS_COUNTED;

  private static final String STAMP = "tm";

  BlobStore blobs(BlobStore blobs, SimulatedTime time, SimulatedProcess process) {
    return this == ACKNOWLEDGED_BEFORE_UPLOAD ? new LateUploads(blobs, time, process) : blobs;
  }

  Coordination coordination(Coordination way, SimulatedTime time) {
    return switch (this) {
      case GENERATION_UNCHECKED -> new OldAssignments(way, time);
      case REPEATS_COUNTED -> new WithoutRepeats(way);
      default -> way;
    };
  }

  List<Header> sent(List<Header> headers) {
    return this == CUT_IGNORED ? restamped(headers, -1, 0) : headers;
  }

  SystemConsumer read(SystemConsumer consumer, IntSupplier timeline) {
    return this == VOID_COUNTED ? new OneTimeline(consumer, timeline) : consumer;
  }

  /** The headers with another stamp; -1 leaves what it says. */
  private static List<Header> restamped(List<Header> headers, long timeline, long cut) {
    List<Header> changed = new ArrayList<>();
    for (Header header : headers) {
      byte[] stamp = header.value();
      if (!header.name().equals(STAMP) || stamp == null) {
        changed.add(header);
        continue;
      }
      long[] said = numbers(stamp);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      write(timeline < 0 ? said[0] : timeline, bytes);
      write(cut < 0 ? said[1] : cut, bytes);
      changed.add(new Header(STAMP, bytes.toByteArray()));
    }
    return changed;
  }

  private static long[] numbers(byte[] bytes) {
    long[] numbers = new long[2];
    int next = 0;
    for (int i = 0; i < 2; i++) {
      int shift = 0;
      byte b;
      do {
        b = bytes[next++];
        numbers[i] |= (b & 0x7fL) << shift;
        shift += 7;
      } while (b < 0);
    }
    return numbers;
  }

  private static void write(long number, ByteArrayOutputStream bytes) {
    long rest = number;
    while (rest > 0x7f) {
      bytes.write((int) (rest | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }

  private record LateUploads(BlobStore blobs, SimulatedTime time, SimulatedProcess process)
      implements BlobStore {
    @Override
    public void put(String name, Source source) {
      byte[] bytes;
      try (InputStream in = source.open()) {
        bytes = in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      process.after(time.upTo(3000), () -> blobs.put(name, Source.of(bytes)));
    }

    @Override
    public boolean putIfAbsent(String name, byte[] bytes) {
      return blobs.putIfAbsent(name, bytes);
    }

    @Override
    public InputStream open(String name, long from) {
      return blobs.open(name, from);
    }

    @Override
    public @Nullable Stat stat(String name) {
      return blobs.stat(name);
    }

    @Override
    public List<Stat> list(String prefix) {
      return blobs.list(prefix);
    }

    @Override
    public void delete(String name) {
      blobs.delete(name);
    }

    @Override
    public void close() {
      blobs.close();
    }
  }

  private static Orders changed(
      Orders orders, Timeline timeline, Map<TaskName, Orders.Assignment> tasks) {
    return new Orders(
        orders.epoch(),
        orders.sequence(),
        orders.container(),
        orders.leaseMs(),
        timeline,
        tasks,
        orders.cut(),
        orders.stopAtCut(),
        orders.completed(),
        orders.failed(),
        orders.restoreFrom(),
        orders.keep(),
        orders.placement(),
        orders.stop());
  }

  /** Leaves out what tasks read again. */
  private record WithoutRepeats(Coordination way) implements Coordination {
    @Override
    public Orders exchange(ContainerStatus status) {
      Orders orders = way.exchange(status);
      Timeline is = orders.timeline();
      List<StagePlan> stages =
          is.stages().stream()
              .map(s -> new StagePlan(s.name(), s.tasks(), s.partitions(), s.slots()))
              .toList();
      return changed(
          orders, new Timeline(is.number(), is.journal(), stages, is.origins()), orders.tasks());
    }

    @Override
    public void close() {
      way.close();
    }
  }

  /** Repeats what was wanted before, under the number of the newest orders. */
  private static final class OldAssignments implements Coordination {
    private final Coordination way;
    private final SimulatedTime time;
    private final Map<TaskName, Orders.Assignment> old = new HashMap<>();
    private long untilMs;

    OldAssignments(Coordination way, SimulatedTime time) {
      this.way = way;
      this.time = time;
    }

    @Override
    public Orders exchange(ContainerStatus status) {
      Orders orders = way.exchange(status);
      orders.tasks().keySet().forEach(task -> old.put(task, new Orders.Assignment(0, true)));
      if (time.chance(20)) {
        untilMs = time.nowMs() + 1500;
      }
      return time.nowMs() > untilMs ? orders : with(orders, old);
    }

    private static Orders with(Orders orders, Map<TaskName, Orders.Assignment> tasks) {
      Map<TaskName, Orders.Assignment> all = new HashMap<>(tasks);
      all.putAll(orders.tasks());
      return changed(orders, orders.timeline(), all);
    }

    @Override
    public void close() {
      way.close();
    }
  }

  /** Shows all records as sent on the reader's own timeline. */
  private record OneTimeline(SystemConsumer consumer, IntSupplier timeline)
      implements SystemConsumer {
    @Override
    public List<RecordBatch> poll(Duration timeout) {
      List<RecordBatch> batches = new ArrayList<>();
      consumer.poll(timeout).forEach(b -> batches.add(new Batch(b, timeline.getAsInt())));
      return batches;
    }

    @Override
    public void assign(Map<SystemStreamPartition, StartPosition> starts) {
      consumer.assign(starts);
    }

    @Override
    public void add(Map<SystemStreamPartition, StartPosition> starts) {
      consumer.add(starts);
    }

    @Override
    public void remove(Collection<SystemStreamPartition> partitions) {
      consumer.remove(partitions);
    }

    @Override
    public void pause(Collection<SystemStreamPartition> partitions) {
      consumer.pause(partitions);
    }

    @Override
    public void resume(Collection<SystemStreamPartition> partitions) {
      consumer.resume(partitions);
    }

    @Override
    public String position(SystemStreamPartition partition) {
      return consumer.position(partition);
    }

    @Override
    public long lag(SystemStreamPartition partition) {
      return consumer.lag(partition);
    }

    @Override
    public void reportProgress(Map<SystemStreamPartition, String> positions) {
      consumer.reportProgress(positions);
    }

    @Override
    public void wakeup() {
      consumer.wakeup();
    }

    @Override
    public void close() {
      consumer.close();
    }
  }

  private record Batch(RecordBatch batch, int timeline) implements RecordBatch {
    @Override
    public SystemStreamPartition partition() {
      return batch.partition();
    }

    @Override
    public int size() {
      return batch.size();
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
      return restamped(batch.headers(index), timeline, -1);
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
