package io.tidemark.rpc;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.coordinator.ContainerStatus;
import io.tidemark.coordinator.Coordination;
import io.tidemark.coordinator.Orders;
import io.tidemark.coordinator.Orders.Assignment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Gives containers the orders that a test wants, and remembers what they said. */
final class FakeCoordination implements Coordination {
  static final String JOB = "fake-1";

  final Map<String, ContainerStatus> heard = new ConcurrentHashMap<>();
  final AtomicInteger calls = new AtomicInteger();
  private final AtomicLong sequence = new AtomicLong();
  private final Map<String, Integer> numbers = new ConcurrentHashMap<>();
  volatile long cut;
  volatile @Nullable RuntimeException failure;

  @Override
  public Orders exchange(ContainerStatus status) {
    calls.incrementAndGet();
    RuntimeException thrown = failure;
    if (thrown != null) {
      throw thrown;
    }
    heard.put(status.session(), status);
    int number = numbers.computeIfAbsent(status.session(), session -> numbers.size());
    return orders(number);
  }

  private Orders orders(int number) {
    Map<String, Object> said = new HashMap<>();
    said.put("epoch", 1L);
    said.put("sequence", sequence.incrementAndGet());
    said.put("container", number);
    said.put("leaseMs", 10_000L);
    said.put(
        "timeline",
        new Timeline(
            1, "fake-1-journal", List.of(new Timeline.StagePlan("main", 2, 2, 2)), List.of()));
    said.put("tasks", Map.of(new TaskName("main", number), new Assignment(1, true)));
    said.put("cut", cut);
    return new RandomRecords(0).make(Orders.class, said);
  }

  /** What a container says that has nothing to say. */
  static ContainerStatus status(String session, long sequence) {
    return new RandomRecords(sequence)
        .make(
            ContainerStatus.class,
            Map.of(
                "job",
                JOB,
                "session",
                session,
                "sequence",
                sequence,
                "tasks",
                Map.of(),
                "localState",
                Set.of(),
                "snapshots",
                List.of()));
  }

  @Override
  public void close() {}
}
