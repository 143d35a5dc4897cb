package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Config;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.StreamTask;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.TidemarkException;
import io.tidemark.container.Job;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job that cannot start says why, soon, and leaves nothing behind in the process that embeds it.
 */
@Timeout(120)
class ConfigFailureTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path directory;
  private final LocalKafka kafka = LocalKafka.shared();
  private CountingJob job;

  /** Asks for a store that nobody configured. */
  public static final class WantsAnotherStore implements StreamTask, InitableTask {
    @Override
    public void init(Context context) {
      context.getTaskContext().getStore("totals");
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope,
        MessageCollector collector,
        TaskCoordinator coordinator) {}
  }

  @BeforeEach
  void make(TestInfo test) throws Exception {
    String name = test.getTestMethod().orElseThrow().getName().replace('_', '-');
    job = new CountingJob(kafka, name, 2, directory);
  }

  @Test
  void a_typo_in_a_key_is_named_with_the_nearest_known_one() {
    assertFails(Map.of("task.comit.ms", "50"), "TM-1002", "task.comit.ms", "task.commit.ms");
  }

  @Test
  void a_task_class_that_is_not_there_is_named() {
    assertFails(Map.of("task.class", "com.example.Gone"), "TM-1003", "com.example.Gone");
  }

  @Test
  void a_broker_that_does_not_answer_is_named_within_the_time_for_connecting() throws Exception {
    String nobody = "127.0.0.1:" + freePort();
    assertFails(
        Map.of(
            "systems.kafka.bootstrap.servers", nobody, "systems.kafka.connect.timeout.ms", "3000"),
        "TM-2001",
        nobody,
        "3.0 s");
  }

  @Test
  void an_input_that_does_not_exist_is_named() {
    assertFails(Map.of("task.inputs", "kafka.no-such-input"), "TM-2004", "kafka.no-such-input");
  }

  @Test
  void inputs_of_different_partition_counts_are_named_with_their_counts() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic("three-partitions", 3, (short) 1))).all().get();
    }
    assertFails(
        Map.of("task.inputs", "kafka." + job.input() + ",kafka.three-partitions"),
        "TM-1010",
        job.input(),
        "2 partitions",
        "three-partitions",
        "the other 3");
  }

  @Test
  void a_store_that_is_not_configured_is_named() {
    assertFails(
        Map.of("task.class", WantsAnotherStore.class.getName()), "TM-1013", "totals", "counts");
  }

  @Test
  void partitions_added_to_an_input_are_told_with_both_counts() throws Exception {
    job.send(100, 10, 1);
    job.runToEnd();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin.createPartitions(Map.of(job.input(), NewPartitions.increaseTo(3))).all().get();
    }
    assertFails(Map.of(), "TM-8304", "2 partitions", "3 partitions");
  }

  private void assertFails(Map<String, String> changes, String code, String... told) {
    Set<String> before = threads();
    Config config = job.config().with(changes);
    Job failing = Job.of(config).start();
    try {
      assertThatThrownBy(() -> failing.awaitEnd(SOON))
          .isInstanceOfSatisfying(
              TidemarkException.class, e -> assertThat(e.getMessage()).startsWith(code + ": "))
          .message()
          .contains(told);
      assertThatThrownBy(failing::awaitRunning).isInstanceOf(TidemarkException.class);
    } finally {
      failing.close();
    }
    assertNoThreadLeft(before);
  }

  private static void assertNoThreadLeft(Set<String> before) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    Set<String> left;
    do {
      left = threads();
      left.removeAll(before);
      Thread.onSpinWait();
    } while (!left.isEmpty() && System.nanoTime() < deadline);
    assertThat(left).as("threads left running").isEmpty();
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> !name.equals("process reaper")) // the platform's, for the broker
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
