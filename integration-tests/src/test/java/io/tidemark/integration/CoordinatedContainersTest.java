package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.Trigger;
import io.tidemark.container.Job;
import io.tidemark.container.JobCoordinator;
import io.tidemark.coordinator.ContainerStatus.Phase;
import io.tidemark.coordinator.Coordinator;
import io.tidemark.coordinator.CoordinatorView.TaskView;
import io.tidemark.rpc.CoordinatorAddress;
import io.tidemark.rpc.CoordinatorServer;
import io.tidemark.rpc.RemoteCoordination;
import io.tidemark.system.Failpoint;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Containers in processes of their own, led over the network by a coordinator, are killed, stopped
 * and continued, and lose their coordinator.
 */
@Timeout(600)
class CoordinatedContainersTest {
  private static final int PARTITIONS = 4;
  private static final int LIMIT_S = 180;
  private static final int RECORDS = 4_000;
  private static final int KEYS = 500;

  @TempDir Path directory;

  /** Where a task runs, and as which generation: another one means that it was interrupted. */
  private record Place(int container, long generation) {}

  /** A coordinator behind a port, in this process. */
  private record Lead(JobCoordinator job, CoordinatorServer server) implements AutoCloseable {
    static Lead of(CheckpointedJob job, int containers) {
      JobCoordinator coordinator = Job.of(job.config()).startCoordinator(containers);
      return new Lead(
          coordinator, CoordinatorServer.start(job.settings(), coordinator.coordinator()));
    }

    Coordinator coordinator() {
      return job.coordinator();
    }

    Map<TaskName, Place> places() {
      Map<TaskName, Place> places = new TreeMap<>();
      for (TaskView task : coordinator().view().tasks()) {
        if (task.phase() == Phase.RUNNING) {
          places.put(task.task(), new Place(task.container(), task.generation()));
        }
      }
      return places;
    }

    Map<TaskName, Place> awaitAllRunning() {
      CheckpointedJob.await("all tasks run", () -> places().size() == PARTITIONS);
      return places();
    }

    void checkpoint() throws Exception {
      coordinator().requestCheckpoint(Trigger.REQUEST, "").get(LIMIT_S, TimeUnit.SECONDS);
    }

    /** Tells the containers to stop, and waits for them. */
    void stop(Job... containers) {
      coordinator().stop();
      for (Job container : containers) {
        assertThat(container.awaitEnd(Duration.ofSeconds(LIMIT_S))).as("it ends").isTrue();
      }
    }

    @Override
    public void close() {
      server.close();
      job.close();
    }
  }

  private CheckpointedJob job(String name) throws Exception {
    CheckpointedJob job =
        new CheckpointedJob(
            new CountingJob(LocalKafka.shared(), name, PARTITIONS, directory), directory);
    job.counting()
        .with("job.coordinator.heartbeat.ms", "200")
        .with("job.coordinator.lease.ms", "10000");
    return job;
  }

  /** Starts a container with a disk of its own, as on a machine of its own. */
  private ContainerProcess container(CheckpointedJob job, int number, String... options)
      throws Exception {
    return containerAt(job, number, directory.resolve("state/machine-" + number), options);
  }

  private static ContainerProcess containerAt(
      CheckpointedJob job, int number, Path disk, String... options) throws Exception {
    return ContainerProcess.run(
        MemberProcess.class,
        List.of(
            job.counting().properties().toString(),
            "container",
            Integer.toString(number),
            disk.toString()),
        options);
  }

  /** Starts a container in this process, which costs less; otherwise as one of its own. */
  private Job member(CheckpointedJob job, RemoteCoordination coordination, int number) {
    Path disk = directory.resolve("state/machine-" + number);
    return Job.of(job.config().with(Map.of("job.state.dir", disk.toString())))
        .join(coordination, number)
        .restarts(false)
        .start();
  }

  private static RemoteCoordination coordination(CheckpointedJob job) {
    return RemoteCoordination.to(CoordinatorAddress.of(job.settings()), Duration.ofSeconds(2));
  }

  private static int of(Map<TaskName, Place> places, int container) {
    return (int) places.values().stream().filter(p -> p.container == container).count();
  }

  /** Those that a container has left must run elsewhere; the others as before, all the time. */
  private static void awaitOnlyTheseMoved(Lead lead, Map<TaskName, Place> before, int container) {
    CheckpointedJob.await(
        "the tasks of container " + container + " have moved",
        () -> lead.places().size() == PARTITIONS && of(lead.places(), container) == 0);
    Map<TaskName, Place> after = lead.places();
    before.forEach(
        (task, place) -> {
          if (place.container != container) {
            assertThat(after).as("the others go on as they were").containsEntry(task, place);
          }
        });
  }

  @Test
  void only_the_tasks_of_a_container_that_is_killed_move_and_a_new_one_gets_its_share()
      throws Exception {
    CheckpointedJob job = job("led-killed");
    job.counting().send(RECORDS, KEYS, 1);
    try (Lead lead = Lead.of(job, 2);
        ContainerProcess stays = container(job, 0);
        ContainerProcess killed = container(job, 1)) {
      Map<TaskName, Place> before = lead.awaitAllRunning();
      assertThat(of(before, 0)).isEqualTo(2);
      lead.checkpoint();
      job.counting().send(RECORDS, KEYS, 2);
      killed.kill();
      awaitOnlyTheseMoved(lead, before, 1);
      job.awaitAll();
      try (ContainerProcess joins = container(job, 2)) {
        CheckpointedJob.await(
            "the new container has its share",
            () -> lead.places().size() == PARTITIONS && of(lead.places(), 2) == 2);
        job.counting().send(RECORDS, KEYS, 3);
        job.awaitAll();
        lead.checkpoint();
        lead.coordinator().stop();
        assertThat(joins.awaitExit(60)).as(joins.output()).isZero();
        assertThat(stays.awaitExit(60)).as(stays.output()).isZero();
      }
    }
    assertExact(job);
  }

  @Test
  void a_container_that_stood_still_beyond_its_lease_does_no_harm_when_it_goes_on()
      throws Exception {
    CheckpointedJob job = job("led-zombie");
    job.counting().send(RECORDS, KEYS, 1);
    try (Lead lead = Lead.of(job, 2);
        ContainerProcess stays = container(job, 0);
        ContainerProcess zombie = container(job, 1)) {
      Map<TaskName, Place> before = lead.awaitAllRunning();
      job.counting().send(RECORDS, KEYS, 2);
      zombie.signal("STOP");
      awaitOnlyTheseMoved(lead, before, 1);
      job.counting().send(RECORDS, KEYS, 3);
      zombie.signal("CONT");
      assertThat(zombie.awaitExit(60)).as(zombie.output()).isEqualTo(1);
      job.awaitAll();
      lead.checkpoint();
      lead.coordinator().stop();
      assertThat(stays.awaitExit(60)).as(stays.output()).isZero();
    }
    assertExact(job);
  }

  @Test
  void containers_go_on_without_their_coordinator_and_follow_the_next_one() throws Exception {
    CheckpointedJob job = job("led-alone");
    job.counting().with("job.coordinator.lease.ms", "20000");
    job.counting().send(RECORDS, KEYS, 1);
    try (ContainerProcess one = container(job, 0);
        ContainerProcess two = container(job, 1)) {
      Map<TaskName, Place> before;
      try (Lead lead = Lead.of(job, 2)) {
        before = lead.awaitAllRunning();
        lead.checkpoint();
      }
      job.counting().send(RECORDS, KEYS, 2);
      job.awaitAll();
      try (Lead next = Lead.of(job, 2)) {
        assertThat(next.awaitAllRunning()).isEqualTo(before);
        next.checkpoint();
        job.counting().send(RECORDS, KEYS, 3);
        job.awaitAll();
        next.coordinator().stop();
        assertThat(one.awaitExit(60)).as(one.output()).isZero();
        assertThat(two.awaitExit(60)).as(two.output()).isZero();
      }
    }
    assertExact(job);
  }

  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest
  @CsvSource({"checkpoint.after-publish, 2"})
  void a_coordinator_halted_in_a_checkpoint_interrupts_no_task(String failpoint, int passage)
      throws Exception {
    haltCoordinator(failpoint, passage);
  }

  @Tag("matrix")
  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest
  @CsvSource({
    "checkpoint.before-announce, 2",
    "checkpoint.after-announce, 2",
    "checkpoint.before-publish, 2",
    "blob.before-link, 2",
    "blob.after-link, 2",
    "checkpoint.before-record, 2",
    "checkpoint.after-record, 2",
    "checkpoint.before-retire, 1",
    "catalog.before-delete, 1",
    "checkpoint.after-retire, 1"
  })
  void a_coordinator_halted_at_any_step_of_a_checkpoint_interrupts_no_task(
      String failpoint, int passage) throws Exception {
    haltCoordinator(failpoint, passage);
  }

  private void haltCoordinator(String failpoint, int passage) throws Exception {
    CheckpointedJob job = job("led-" + failpoint.replace('.', '-') + "-" + passage);
    job.counting()
        .with("task.checkpoint.interval.ms", "200")
        .with("task.checkpoint.retain", "1")
        .with("job.coordinator.lease.ms", "60000");
    job.counting().send(RECORDS, KEYS, 1);
    try (ContainerProcess halted =
            ContainerProcess.run(
                MemberProcess.class,
                List.of(job.counting().properties().toString(), "coordinator", "2"),
                "-Dtidemark.failpoint=" + failpoint + ":" + passage);
        RemoteCoordination coordination = led(job, halted);
        Job one = member(job, coordination, 0);
        Job two = member(job, coordination, 1)) {
      one.awaitRunning();
      two.awaitRunning();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
      for (int round = 2; System.nanoTime() < deadline && !halted.endsWithin(200); round++) {
        job.counting().send(RECORDS / 20, KEYS, round);
      }
      assertThat(halted.awaitExit(1)).as(halted.output()).isEqualTo(Failpoint.EXIT_STATUS);
      job.awaitAll();
      try (Lead next = Lead.of(job, 2)) {
        Map<TaskName, Place> places = next.awaitAllRunning();
        next.checkpoint();
        assertThat(next.places()).isEqualTo(places);
        assertThat(one.awaitEnd(Duration.ZERO) || two.awaitEnd(Duration.ZERO)).isFalse();
        next.stop(one, two);
      }
    }
    assertExact(job);
  }

  /** The way to a coordinator in a process of its own, once it answers. */
  private static RemoteCoordination led(CheckpointedJob job, ContainerProcess coordinator)
      throws Exception {
    coordinator.awaitLine("ready", LIMIT_S);
    return coordination(job);
  }

  @Tag("matrix")
  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest
  @CsvSource({"release.before-close", "release.after-close"})
  void a_container_halted_while_it_hands_a_task_over_loses_and_repeats_nothing(String failpoint)
      throws Exception {
    CheckpointedJob job = job("led-from-" + failpoint.replace('.', '-'));
    job.counting().send(RECORDS, KEYS, 1);
    try (Lead lead = Lead.of(job, 1);
        RemoteCoordination coordination = coordination(job);
        ContainerProcess halted = container(job, 0, "-Dtidemark.failpoint=" + failpoint)) {
      lead.awaitAllRunning();
      lead.checkpoint();
      job.awaitAll();
      try (Job second = member(job, coordination, 1)) {
        awaitHalt(job, lead, halted);
        lead.stop(second);
      }
    }
    assertExact(job);
  }

  @Tag("matrix")
  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest
  @CsvSource({
    "restore.before-download",
    "restore.after-fetch",
    "restore.before-force",
    "open.before-opening",
    "open.after-opening",
    "commit.before-transaction",
    "commit.after-transaction"
  })
  void a_container_halted_while_it_takes_a_task_over_loses_and_repeats_nothing(String failpoint)
      throws Exception {
    CheckpointedJob job = job("led-to-" + failpoint.replace('.', '-'));
    job.counting().send(RECORDS, KEYS, 1);
    try (Lead lead = Lead.of(job, 1);
        RemoteCoordination coordination = coordination(job);
        Job first = member(job, coordination, 0)) {
      lead.awaitAllRunning();
      lead.checkpoint();
      job.awaitAll();
      try (ContainerProcess halted = container(job, 1, "-Dtidemark.failpoint=" + failpoint)) {
        awaitHalt(job, lead, halted);
        lead.stop(first);
      }
    }
    assertExact(job);
  }

  /** Sends more, and waits until a container is halted and the other has all tasks. */
  private static void awaitHalt(CheckpointedJob job, Lead lead, ContainerProcess halted)
      throws Exception {
    IntStream.range(2, 6).forEach(round -> job.counting().send(RECORDS / 10, KEYS, round));
    assertThat(halted.awaitExit(LIMIT_S)).as(halted.output()).isEqualTo(Failpoint.EXIT_STATUS);
    lead.job.endDeadContainers();
    lead.awaitAllRunning();
    job.awaitAll();
    lead.checkpoint();
  }

  private static void assertExact(CheckpointedJob job) {
    job.counting().assertOutputsExact();
    job.assertSound(Location.LATEST);
    job.loseState();
    job.assertExactAfterOneMore();
  }
}
