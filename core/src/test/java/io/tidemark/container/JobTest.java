package io.tidemark.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.TaskCoordinator.RequestScope;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.runtime.TaskFailedException;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.SystemProducer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class JobTest {
  private static final int PARTITIONS = 3;
  private static final SystemStream OUT = new SystemStream("memory", "out");

  @TempDir Path directory;

  private final MemorySystem memory = new MemorySystem("memory");
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicInteger made = new AtomicInteger();

  @BeforeEach
  void createInput() {
    memory.admin().create(new StreamSpec("in", PARTITIONS, Map.of()));
  }

  /** Sends on what comes; fails so many times, and ends with the message to. */
  private final class Copying implements StreamTask {
    Copying() {
      made.incrementAndGet();
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      if (envelope.getMessage().equals("end")) {
        coordinator.shutdown(RequestScope.ALL_TASKS_IN_CONTAINER);
      }
      if (envelope.getMessage().equals("fail") && failures.getAndDecrement() > 0) {
        throw new IllegalStateException("told to");
      }
      collector.send(new OutgoingMessageEnvelope(OUT, envelope.getMessage()));
    }
  }

  private Job.Builder job(String... more) {
    Map<String, String> entries = new HashMap<>();
    entries.put("job.name", "copying");
    entries.put("job.state.dir", directory.toString());
    entries.put("task.inputs", "memory.in");
    entries.put("task.commit.ms", "20");
    entries.put("systems.memory.factory", "memory");
    entries.put("systems.memory.msg.serde", "string");
    entries.put("container.workers", "2");
    entries.put("container.restart.backoff.ms", "1");
    for (int i = 0; i < more.length; i += 2) {
      entries.put(more[i], more[i + 1]);
    }
    return Job.of(Config.of(entries))
        .task(Copying::new)
        .system("memory", new MemoryJournals(memory));
  }

  private void send(String... messages) {
    try (SystemProducer producer = memory.producer("test")) {
      for (int i = 0; i < messages.length; i++) {
        byte[] value = messages[i].getBytes(StandardCharsets.UTF_8);
        producer.send(new OutgoingRecord("in", i % PARTITIONS, null, null, value, -1, List.of()));
      }
    }
  }

  private List<String> out() {
    List<String> messages = new ArrayList<>();
    Integer partitions = memory.admin().partitionCounts(List.of("out")).get("out");
    for (int partition = 0; partitions != null && partition < partitions; partition++) {
      memory
          .records("out", partition)
          .forEach(record -> messages.add(new String(record.value(), StandardCharsets.UTF_8)));
    }
    return messages;
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void aJobRunsUntilItIsStoppedAndGoesOnWhereItEnded() {
    send("a", "b");
    try (Job job = job().start()) {
      job.awaitRunning();
      await(() -> out().size() == 2);
      assertThat(job.awaitEnd(Duration.ofMillis(1))).isFalse();
      job.stop();
      job.stop();
      assertThat(job.awaitEnd(Duration.ZERO)).isTrue();
      assertThat(job.progress().recordsIn()).isEqualTo(2);
    }
    send("c");
    try (Job job = job().untilEnd(true).start()) {
      job.awaitEnd();
    }
    assertThat(out()).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void aBoundedJobEndsByItself() {
    send("a", "b", "c", "d");
    try (Job job = job().untilEnd(true).start()) {
      job.awaitEnd();
      assertThat(job.hasRun()).isTrue();
      assertThat(job.progress().recordsOut()).isEqualTo(4);
      assertThat(job.progress().restarts()).isZero();
    }
    assertThat(out()).hasSize(4);
  }

  @Test
  void aTaskMayEndTheJob() {
    send("a", "end");
    try (Job job = job().start()) {
      job.awaitEnd();
    }
    assertThat(out()).contains("end");
  }

  @Test
  void containersShareTheTasks() {
    send("a", "b", "c");
    try (JobCoordinator coordinator = job().startCoordinator(2);
        Job first = job().join(coordinator.coordinator(), 0).untilEnd(true).start();
        Job second = job().join(coordinator.coordinator(), 1).untilEnd(true).start()) {
      first.awaitEnd();
      second.awaitEnd();
      assertThat(first.progress().recordsIn()).isPositive();
      assertThat(second.progress().recordsIn()).isPositive();
    }
    assertThat(out()).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(made).hasValue(PARTITIONS);
  }

  @Test
  void aJobThatFailedAfterItHadRunIsStartedAgain() {
    failures.set(2);
    try (Job job = job().start()) {
      job.awaitRunning();
      send("a", "fail", "c");
      await(() -> out().size() == 3);
      job.stop();
      job.awaitEnd();
      assertThat(job.progress().restarts()).isEqualTo(2);
    }
    assertThat(out()).containsExactlyInAnyOrder("a", "fail", "c");
  }

  @Test
  void aJobThatFailsTooOftenEndsWithTheFailure() {
    failures.set(Integer.MAX_VALUE);
    try (Job job = job("container.restart.max", "2").start()) {
      job.awaitRunning();
      send("a", "fail");
      assertThatThrownBy(job::awaitEnd)
          .isInstanceOf(TaskFailedException.class)
          .hasMessageContaining("offset 0 of memory.in[1]");
      assertThat(job.progress().restarts()).isEqualTo(2);
      job.stop();
    }
  }

  @Test
  void aJobThatMayNotBeStartedAgainIsNot() {
    failures.set(1);
    try (Job job = job().restarts(false).start()) {
      job.awaitRunning();
      send("a", "fail");
      assertThatThrownBy(job::awaitEnd).isInstanceOf(TaskFailedException.class);
    }
    assertThat(made).hasValue(PARTITIONS);
  }

  @Test
  void aJobThatCannotStartFailsAtOnce() {
    try (Job job = job("task.inputs", "memory.nothing").start()) {
      assertThatThrownBy(job::awaitRunning).isInstanceOf(ConfigException.class);
      assertThatThrownBy(job::awaitEnd)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("memory.nothing");
      assertThat(job.hasRun()).isFalse();
    }
    try (Job job =
        job()
            .task(
                () -> {
                  throw new IllegalStateException("no task");
                })
            .start()) {
      assertThatThrownBy(job::awaitEnd).hasRootCauseMessage("no task");
    }
    try (Job job = job().untilEnd(true).start()) {
      job.awaitEnd(); // nothing of the failed ones is left open
    }
  }

  @Test
  void aStopInThePauseBeforeARestartEndsTheJobWithoutAnotherStart() {
    failures.set(1);
    try (Job job =
        job(
                "container.restart.backoff.ms", "3600000",
                "container.restart.backoff.max.ms", "3600000")
            .start()) {
      job.awaitRunning();
      send("a", "fail");
      await(() -> Thread.getAllStackTraces().keySet().stream().anyMatch(JobTest::isPausing));
      job.stop();
      job.awaitEnd();
      assertThat(job.progress().restarts()).isZero();
    }
    assertThat(made).as("tasks made").hasValue(PARTITIONS);
  }

  private static boolean isPausing(Thread thread) {
    return thread.getName().equals("tidemark-job")
        && thread.getState() == Thread.State.TIMED_WAITING;
  }
}
