package io.tidemark.rpc;

import com.google.protobuf.UnsafeByteOperations;
import io.tidemark.rpc.JobDescription.Task;
import io.tidemark.rpc.state.v1.StateMessages.RangeRequest;
import io.tidemark.rpc.state.v1.StateMessages.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;

/**
 * Entries of a store of a running job, from all tasks that were asked, in the order of their
 * serialized keys. For one thread.
 */
public final class RemoteRange<K, V> implements Iterator<RemoteEntry<K, V>>, AutoCloseable {
  private final RemoteStore<K, V> store;
  private final List<TaskStream> streams = new ArrayList<>();
  private final PriorityQueue<TaskStream> waiting;
  private int left;

  private RemoteRange(RemoteStore<K, V> store, Scan<K> scan) {
    this.store = store;
    this.left = scan.limit();
    Comparator<TaskStream> byKey = (one, other) -> Arrays.compareUnsigned(one.key(), other.key());
    waiting = new PriorityQueue<>(scan.reversed() ? byKey.reversed() : byKey);
  }

  static <K, V> RemoteRange<K, V> open(RemoteStore<K, V> store, StateClient client, Scan<K> scan) {
    RemoteRange<K, V> range = new RemoteRange<>(store, scan);
    try {
      String wanted = scan.task();
      store.store(client.known());
      List<Task> tasks =
          wanted == null ? client.known().tasksOf(store.name()) : List.of(store.task(wanted));
      for (Task task : tasks) {
        TaskStream stream = TaskStream.open(client, request(store, scan, task), task.container());
        range.streams.add(stream);
        range.offer(stream);
      }
      return range;
    } catch (RuntimeException e) {
      range.close();
      throw e;
    }
  }

  private static <K> RangeRequest request(RemoteStore<K, ?> store, Scan<K> scan, Task task) {
    RangeRequest.Builder request =
        RangeRequest.newBuilder()
            .setStore(store.name())
            .setTarget(Target.newBuilder().setTask(task.name()))
            .setPrefix(UnsafeByteOperations.unsafeWrap(scan.prefix()))
            .setReverse(scan.reversed())
            .setLimit(scan.limit());
    K from = scan.from();
    if (from != null) {
      request.setFrom(UnsafeByteOperations.unsafeWrap(store.bytes(from)));
    }
    K to = scan.to();
    if (to != null) {
      request.setTo(UnsafeByteOperations.unsafeWrap(store.bytes(to)));
    }
    return request.build();
  }

  private void offer(TaskStream stream) {
    if (stream.hasEntry()) {
      waiting.add(stream);
    }
  }

  @Override
  public boolean hasNext() {
    return left > 0 && !waiting.isEmpty();
  }

  @Override
  public RemoteEntry<K, V> next() {
    if (!hasNext()) {
      throw new NoSuchElementException("no more entries in this range");
    }
    TaskStream stream = waiting.remove();
    RemoteEntry<K, V> entry =
        store.entry(stream.key(), stream.value(), stream.commit(), stream.task());
    left--;
    stream.step();
    offer(stream);
    return entry;
  }

  /** Ends the range at all containers. */
  @Override
  public void close() {
    streams.forEach(TaskStream::close);
    waiting.clear();
  }
}
