package io.tidemark.rpc;

import io.tidemark.api.Config;
import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.config.JobSettings;
import io.tidemark.coordinator.CheckpointPolicy;
import io.tidemark.coordinator.CheckpointPublisher;
import io.tidemark.coordinator.ContainerStatus;
import io.tidemark.coordinator.ContainerStatus.Phase;
import io.tidemark.coordinator.ContainerStatus.Snapshot;
import io.tidemark.coordinator.ContainerStatus.TaskStatus;
import io.tidemark.coordinator.Coordination;
import io.tidemark.coordinator.Coordinator;
import io.tidemark.coordinator.CoordinatorOptions;
import io.tidemark.coordinator.JobPlan;
import io.tidemark.coordinator.MemoryMetadataStore;
import io.tidemark.coordinator.Orders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A coordinator behind a port, and a container that follows its orders without doing any work:
 * tasks run at once, and their part of a checkpoint is empty. Each has a thread.
 */
final class CoordinatedJob implements AutoCloseable {
  static final String JOB = "coordinated-1";

  final JobSettings settings;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicBoolean ended = new AtomicBoolean();
  final AtomicBoolean snapshots = new AtomicBoolean(true);
  private final Coordinator coordinator;
  private final CoordinatorServer server;

  CoordinatedJob(Path directory, Map<String, ?> config) {
    Map<String, String> all = new HashMap<>();
    all.put("job.name", "coordinated");
    all.put("job.state.dir", directory.toString());
    all.put("task.inputs", "memory.in");
    all.put("systems.memory.factory", "memory");
    config.forEach((key, value) -> all.put(key, value.toString()));
    settings = JobSettings.parse(Config.of(all));
    coordinator =
        new Coordinator(
            CoordinatorOptions.of(
                new JobPlan(JOB, "journal", List.of(new Timeline.StagePlan("main", 2, 2, 2)), null),
                1,
                100,
                10_000,
                new CheckpointPolicy(-1, -1, -1, -1, 0, 60_000, 3, 3, false)),
            new MemoryMetadataStore(),
            new Publisher(),
            System::currentTimeMillis,
            threads);
    server = CoordinatorServer.start(settings, coordinator);
    threads.execute(this::conduct);
  }

  private static final class Publisher implements CheckpointPublisher {
    @Override
    public String publish(CheckpointManifest manifest) {
      return "checkpoints/" + manifest.number();
    }

    @Override
    public void retire(long number, String savepoint) {}

    @Override
    public @Nullable Published latest() {
      return null;
    }
  }

  private void conduct() {
    while (!ended.get()) {
      coordinator.doWork();
      LockSupport.parkNanos(5_000_000);
    }
  }

  CoordinatorServer server() {
    return server;
  }

  /** Starts a container that calls over the network. */
  void startContainer() {
    Coordination way =
        RemoteCoordination.to(CoordinatorAddress.of(settings), Duration.ofSeconds(20));
    threads.execute(
        () -> {
          try (way) {
            follow(way);
          } catch (TidemarkException e) {
            return; // it has left, or the job is closed
          }
        });
  }

  private void follow(Coordination way) {
    String session = UUID.randomUUID().toString();
    Orders orders = null;
    for (long sequence = 1; !ended.get(); sequence++) {
      orders = way.exchange(status(session, sequence, orders));
      if (orders.stop() && sequence > 1 && orders.tasks().isEmpty()) {
        way.exchange(status(session, sequence + 1, orders));
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  private ContainerStatus status(String session, long sequence, @Nullable Orders orders) {
    Map<TaskName, TaskStatus> tasks = new HashMap<>();
    List<Snapshot> parts = new ArrayList<>();
    if (orders != null) {
      Orders followed = orders;
      orders
          .tasks()
          .forEach(
              (task, order) -> {
                Phase phase =
                    followed.stop() ? Phase.RELEASED : order.open() ? Phase.RUNNING : Phase.READY;
                tasks.put(
                    task, new TaskStatus(order.generation(), phase, 5, 0, 0, 0, null, null, null));
                if (followed.cut() > 0 && snapshots.get()) {
                  parts.add(new Snapshot(followed.cut(), order.generation(), part(task)));
                }
              });
    }
    return new ContainerStatus(
        JOB,
        session,
        sequence,
        orders == null ? 0 : orders.sequence(),
        orders == null ? -1 : orders.container(),
        "host",
        "",
        1,
        tasks,
        Set.of(),
        parts,
        null,
        0,
        orders != null && orders.stop());
  }

  private static TaskManifest part(TaskName task) {
    return new TaskManifest(
        task,
        2,
        2,
        2,
        5,
        50,
        0,
        Map.of(),
        List.of(),
        List.of(),
        List.of(),
        new TaskManifest.Work(0, 0, 0, 0, 0));
  }

  boolean isStopped() {
    return coordinator.isStopped();
  }

  @Override
  public void close() {
    ended.set(true);
    server.close();
    threads.shutdownNow();
  }
}
