package io.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.coordinator.ContainerStatus.Phase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A job's coordinators and containers in one thread, with virtual time, out of one seed. Messages
 * are lost, repeated, late and out of order; containers crash, pause beyond their lease and come
 * back; coordinators crash between any two accesses to metadata and manifests, or are replaced
 * while they live on. Checks what must hold at each step.
 */
final class CoordinatorSimulation {
  private static final long HEARTBEAT_MS = 100;
  private static final long LEASE_MS = 1000;
  private static final int CONTAINERS = 4;

  /** The process of a coordinator ends. Not an exception that anybody catches. */
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1L;
  }

  private record Event(long atMs, long order, Runnable action) {}

  private final Random random;
  private final MemoryMetadataStore metadata = new MemoryMetadataStore();
  private final FakePublisher publisher = new FakePublisher();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          (a, b) ->
              a.atMs() != b.atMs()
                  ? Long.compare(a.atMs(), b.atMs())
                  : Long.compare(a.order(), b.order()));
  private final List<FakeContainer> containers = new ArrayList<>();
  private final Map<FakeContainer, Long> pausedUntilMs = new HashMap<>();
  private final Map<TaskName, Long> opened = new HashMap<>();
  private final Set<String> cuts = new HashSet<>();
  private final Set<Long> checked = new HashSet<>();
  private final List<Coordinator> coordinators = new ArrayList<>();
  private final int tasks;
  private long nowMs = 1_000_000;
  private long eventCount;
  private int sessions;
  private boolean faulty = true;
  private long completed;

  CoordinatorSimulation(long seed) {
    this.random = new Random(seed);
    this.tasks = 1 + random.nextInt(9);
    publisher.fault = this::maybeFault;
  }

  void run() {
    startCoordinator();
    for (int i = 0; i < CONTAINERS; i++) {
      startContainer(random.nextBoolean() ? i : -1);
    }
    chaos();
    runUntil(nowMs + 8_000);
    faulty = false;
    pausedUntilMs.clear();
    runUntil(nowMs + 8_000);
    checkThatAllIsWell();
  }

  private void runUntil(long endMs) {
    while (!events.isEmpty() && events.peek().atMs() <= endMs) {
      Event event = events.poll();
      nowMs = event.atMs();
      event.action().run();
    }
    nowMs = endMs;
  }

  private void in(long ms, Runnable action) {
    events.add(new Event(nowMs + ms, eventCount++, action));
  }

  private boolean chance(double probability) {
    return faulty && random.nextDouble() < probability;
  }

  // Coordinators

  private void startCoordinator() {
    try {
      Coordinator coordinator =
          new Coordinator(options(), new Faulty(), publisher, () -> nowMs, this::later);
      coordinators.add(0, coordinator);
      tick(coordinator);
    } catch (Crash | TidemarkException e) {
      in(50, this::startCoordinator);
    }
  }

  private CoordinatorOptions options() {
    JobPlan plan =
        new JobPlan(
            FakeContainer.JOB,
            "journal",
            List.of(new Timeline.StagePlan("main", tasks, tasks, tasks)),
            null);
    return new CoordinatorOptions(
        plan,
        CONTAINERS,
        500,
        HEARTBEAT_MS,
        LEASE_MS,
        1,
        2000,
        new CheckpointPolicy(700, -1, -1, -1, 100, 3000, 3, 2, false));
  }

  private void later(Runnable action) {
    in(faulty ? random.nextInt(300) : 1, () -> orCrash(action));
  }

  private void orCrash(Runnable action) {
    try {
      action.run();
    } catch (Crash e) {
      crashCoordinator();
    } catch (TidemarkException e) {
      // refused, or the metadata cannot be reached: tried again
    }
  }

  private void crashCoordinator() {
    if (!coordinators.isEmpty()) {
      coordinators.remove(0);
    }
    in(faulty ? random.nextInt(1500) : 10, this::startCoordinator);
  }

  private void tick(Coordinator coordinator) {
    if (coordinators.contains(coordinator)) {
      orCrash(coordinator::doWork);
      in(40, () -> tick(coordinator));
    }
  }

  private void maybeFault() {
    if (chance(0.004)) {
      throw new Crash();
    }
    if (chance(0.01)) {
      throw new MetadataException(MetadataException.UNREACHABLE, "injected", null);
    }
  }

  /** The metadata, with faults before and after each write. */
  private final class Faulty implements MetadataStore {
    @Override
    public @Nullable Entry get(String name) {
      return metadata.get(name);
    }

    @Override
    public long put(String name, byte[] value, long version) {
      maybeFault();
      long written = metadata.put(name, value, version);
      maybeFault();
      return written;
    }

    @Override
    public boolean delete(String name, long version) {
      maybeFault();
      return metadata.delete(name, version);
    }

    @Override
    public List<String> list(String prefix) {
      return metadata.list(prefix);
    }

    @Override
    public void close() {}
  }

  // Containers

  private void startContainer(int wantedNumber) {
    FakeContainer container = new FakeContainer("s" + sessions++, wantedNumber);
    container.workers = 1 + random.nextInt(2);
    containers.add(container);
    heartbeat(container);
  }

  private void heartbeat(FakeContainer container) {
    if (!containers.contains(container)) {
      return;
    }
    long pausedMs = pausedUntilMs.getOrDefault(container, 0L) - nowMs;
    if (pausedMs > 0) {
      in(pausedMs, () -> heartbeat(container));
      return;
    }
    if (container.followed > 0 && nowMs > container.leaseEndMs) {
      restart(container);
      return;
    }
    work(container);
    send(container);
    in(HEARTBEAT_MS / 2 + random.nextInt((int) HEARTBEAT_MS), () -> heartbeat(container));
  }

  private void restart(FakeContainer container) {
    containers.remove(container);
    int number = random.nextBoolean() ? container.number : -1;
    in(faulty ? random.nextInt(2000) : 10, () -> startContainer(number));
  }

  private void work(FakeContainer container) {
    if (random.nextInt(3) > 0) {
      container.work();
    }
    container.localState.addAll(container.in(Phase.RUNNING));
    for (TaskName task : container.in(Phase.RUNNING)) {
      if (chance(0.005)) {
        container.held(task).phase = Phase.FAILED;
      }
    }
    container.requests += chance(0.01) ? 1 : 0;
    container.leaving |= chance(0.002);
    if (container.leaving
        && container.tasks.values().stream().allMatch(FakeContainer.Held::isOver)
        && random.nextInt(10) == 0) {
      restart(container);
    }
  }

  private void send(FakeContainer container) {
    ContainerStatus status = container.status();
    long askedMs = nowMs;
    int copies = chance(0.1) ? 0 : chance(0.05) ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      in(delayMs(), () -> deliver(container, status, askedMs));
    }
  }

  private long delayMs() {
    return chance(0.05) ? random.nextInt(1500) : random.nextInt(20);
  }

  private void deliver(FakeContainer container, ContainerStatus status, long askedMs) {
    if (coordinators.isEmpty()) {
      return;
    }
    Coordinator coordinator =
        coordinators.get(chance(0.3) ? random.nextInt(coordinators.size()) : 0);
    orCrash(
        () -> {
          Orders orders;
          try {
            orders = coordinator.exchange(status);
          } catch (TidemarkException e) {
            if (e.code().equals("TM-8302")) {
              in(delayMs(), () -> refused(container));
            }
            throw e;
          }
          checkCheckpoints(orders);
          if (!chance(0.1)) {
            in(delayMs(), () -> follow(container, orders, status.sequence(), askedMs));
          }
        });
  }

  private void refused(FakeContainer container) {
    if (containers.contains(container)) {
      restart(container);
    }
  }

  private void follow(FakeContainer container, Orders orders, long sequence, long askedMs) {
    boolean isAwake = pausedUntilMs.getOrDefault(container, 0L) <= nowMs;
    boolean isLeased = container.followed == 0 || nowMs <= container.leaseEndMs;
    if (!containers.contains(container)
        || !isAwake
        || !isLeased
        || nowMs > askedMs + orders.leaseMs()) {
      return;
    }
    for (TaskName task : container.follow(orders, sequence, askedMs)) {
      checkThatNobodyElseRuns(task, container);
      long generation = container.held(task).generation;
      assertThat(generation)
          .as("generation of " + task)
          .isGreaterThan(opened.getOrDefault(task, 0L));
      opened.put(task, generation);
    }
    container.snapshots.forEach(
        (task, part) -> cuts.add(part.checkpoint() + " " + task + " " + part.generation()));
    checkNumber(container);
  }

  // What must hold

  private void checkThatNobodyElseRuns(TaskName task, FakeContainer opener) {
    for (FakeContainer other : containers) {
      FakeContainer.Held held = other.tasks.get(task);
      if (other != opener && held != null && nowMs <= other.leaseEndMs) {
        assertThat(held.mayRun && !held.isOver())
            .as("%s may be run by %s and by %s", task, other.session, opener.session)
            .isFalse();
      }
    }
  }

  private void checkNumber(FakeContainer container) {
    if (container.number < 0 || isGone(container)) {
      return;
    }
    for (FakeContainer other : containers) {
      if (other != container && nowMs <= other.leaseEndMs && !isGone(other)) {
        assertThat(other.number).as("number of two containers").isNotEqualTo(container.number);
      }
    }
  }

  /** Whether it runs nothing any more, and never will; it may follow late orders all the same. */
  private static boolean isGone(FakeContainer container) {
    return container.leaving
        && container.tasks.values().stream().allMatch(FakeContainer.Held::isOver);
  }

  private void checkCheckpoints(Orders orders) {
    if (orders.sequence() >> 32 == newestEpoch()) {
      assertThat(orders.completed()).as("newest completed").isGreaterThanOrEqualTo(completed);
      completed = orders.completed();
      if (completed > 0) {
        assertThat(orders.restoreFrom()).isEqualTo(FakePublisher.location(completed));
        assertThat(publisher.manifests).as("completed checkpoints").containsKey(completed);
      }
    }
    for (CheckpointManifest manifest : publisher.manifests.values()) {
      if (!checked.add(manifest.number())) {
        continue;
      }
      assertThat(manifest.tasks()).hasSize(tasks);
      for (TaskManifest part : manifest.tasks()) {
        assertThat(cuts).contains(manifest.number() + " " + part.task() + " " + part.commit());
      }
    }
  }

  private long newestEpoch() {
    JobRecord record = JobLedger.read(metadata);
    return record == null ? 0 : record.epoch();
  }

  private void checkThatAllIsWell() {
    int running = containers.stream().mapToInt(c -> c.in(Phase.RUNNING).size()).sum();
    assertThat(running).as("running tasks").isEqualTo(tasks);
    assertThat(coordinators).isNotEmpty();
    Coordinator coordinator = coordinators.get(0);
    CheckpointRecord last = coordinator.checkpoints().get(coordinator.checkpoints().size() - 2);
    assertThat(last.status()).isEqualTo(CheckpointRecord.Status.COMPLETED);
    assertThat(nowMs - last.startedMs()).as("age of the last checkpoint").isLessThan(5000);
    assertThat(coordinator.view().health().reasons()).isEmpty();
    assertThat(publisher.manifests.size()).as("kept checkpoints").isLessThan(30);
  }

  // Faults that come by themselves

  private void chaos() {
    if (!faulty) {
      return;
    }
    FakeContainer any =
        containers.isEmpty() ? null : containers.get(random.nextInt(containers.size()));
    if (any != null && chance(0.04)) {
      restart(any);
    } else if (any != null && chance(0.03)) {
      pausedUntilMs.put(any, nowMs + random.nextInt(3000));
    } else if (chance(0.01)) {
      startContainer(-1);
    } else if (chance(0.02)) {
      startCoordinator();
    } else if (chance(0.02)) {
      crashCoordinator();
    }
    if (coordinators.size() > 3) {
      coordinators.remove(coordinators.size() - 1);
    }
    in(50, this::chaos);
  }
}
