package io.tidemark.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.ClosableTask;
import io.tidemark.api.Config;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.ReadOnlyKeyValueStore;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.StreamSystem;
import io.tidemark.system.SystemAdmin;
import io.tidemark.system.SystemConsumer;
import io.tidemark.system.SystemProducer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs with threads whose stores are fed by a stream that may be slow. */
@Timeout(60)
class PopulationTest {
  private static final int PARTITIONS = 3;
  private static final SystemStream OUT = new SystemStream("memory", "out");

  @TempDir Path directory;

  private final MemorySystem memory = new MemorySystem("memory");
  private final Slow slow = new Slow();
  private final AtomicInteger initialised = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();

  /** A memory system that delivers nothing before it is let go. */
  private static final class Slow implements StreamSystem {
    private final MemorySystem streams = new MemorySystem("slow");
    private final CountDownLatch asked = new CountDownLatch(1);
    private volatile boolean held = true;

    @Override
    public SystemAdmin admin() {
      return streams.admin();
    }

    @Override
    public SystemConsumer consumer(String clientId) {
      SystemConsumer consumer = streams.consumer(clientId);
      return (SystemConsumer)
          Proxy.newProxyInstance(
              Slow.class.getClassLoader(),
              new Class<?>[] {SystemConsumer.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("poll") && held) {
                  asked.countDown();
                  Thread.onSpinWait();
                  return List.of();
                }
                try {
                  return method.invoke(consumer, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    @Override
    public SystemProducer producer(String clientId) {
      return streams.producer(clientId);
    }

    @Override
    public void close() {
      streams.close();
    }
  }

  private final class Lookup implements StreamTask, InitableTask, ClosableTask {
    private ReadOnlyKeyValueStore<String, String> table;

    @Override
    public void init(Context context) {
      initialised.incrementAndGet();
      table = context.getTaskContext().getStore("table");
    }

    @Override
    public void process(
        IncomingMessageEnvelope record, MessageCollector collector, TaskCoordinator coordinator) {
      String key = (String) record.getKey();
      collector.send(new OutgoingMessageEnvelope(OUT, key, "" + table.get(key)));
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  @BeforeEach
  void createStreams() {
    memory.admin().create(new StreamSpec("in", PARTITIONS, Map.of()));
    slow.admin().create(new StreamSpec("changes", PARTITIONS, Map.of()));
  }

  private Job.Builder job(String mode, String... more) {
    Map<String, String> entries = new HashMap<>();
    entries.put("job.name", "lookup");
    entries.put("job.state.dir", directory.toString());
    entries.put("task.inputs", "memory.in");
    entries.put("task.commit.ms", "20");
    entries.put("systems.memory.factory", "memory");
    entries.put("systems.memory.key.serde", "string");
    entries.put("systems.memory.msg.serde", "string");
    entries.put("systems.slow.factory", "memory");
    entries.put("container.workers", "2");
    entries.put("stores.table.factory", "memory");
    entries.put("stores.table.key.serde", "string");
    entries.put("stores.table.msg.serde", "string");
    entries.put("stores.table.source", "slow.changes");
    entries.put("stores.table.source.mode", mode);
    for (int i = 0; i < more.length; i += 2) {
      entries.put(more[i], more[i + 1]);
    }
    return Job.of(Config.of(entries))
        .task(Lookup::new)
        .system("memory", new MemoryJournals(memory))
        .system("slow", slow);
  }

  private static void send(
      StreamSystem system, String stream, String key, @Nullable String message) {
    byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
    byte[] value = message == null ? null : message.getBytes(StandardCharsets.UTF_8);
    try (SystemProducer producer = system.producer("test")) {
      producer.send(new OutgoingRecord(stream, -1, keyBytes, keyBytes, value, -1, List.of()));
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

  @ParameterizedTest
  @ValueSource(strings = {"partition", "broadcast"})
  void nothing_is_initialised_or_processed_before_the_store_is_populated(String mode)
      throws InterruptedException {
    send(memory, "in", "a", "?");
    send(slow, "changes", "a", "one");
    try (Job job = job(mode).start()) {
      slow.asked.await();
      assertThat(job.hasRun()).isFalse();
      slow.held = false;
      job.awaitRunning();
      await(() -> out().size() == 1);
      send(slow, "changes", "a", "two");
      await(
          () -> {
            send(memory, "in", "a", "?");
            return out().contains("two");
          });
    }
    assertThat(out()).startsWith("one").doesNotContain("null");
    assertThat(closed.get()).isEqualTo(initialised.get());
  }

  @ParameterizedTest
  @ValueSource(strings = {"partition", "broadcast"})
  void a_store_that_is_not_populated_in_time_fails_the_job(String mode) {
    send(slow, "changes", "a", "one");
    try (Job job =
        job(mode, "container.workers", "1", "stores.table.source.wait.ms", "30").start()) {
      assertThatThrownBy(job::awaitRunning)
          .hasMessageContaining("TM-2020")
          .hasMessageContaining("store table")
          .hasMessageContaining("stores.table.source.wait.ms=30")
          .hasMessageContaining("0 of about 1 records");
    }
    assertNotAllBegan(mode);
  }

  /** Tasks whose part of the source is empty need not wait for the others. */
  private void assertNotAllBegan(String mode) {
    if (mode.equals("broadcast")) {
      assertThat(initialised).hasValue(0);
    }
    assertThat(initialised.get()).isLessThan(PARTITIONS);
    assertThat(closed.get()).isLessThanOrEqualTo(initialised.get());
  }

  @ParameterizedTest
  @ValueSource(strings = {"partition", "broadcast"})
  void or_is_not_waited_for_any_longer(String mode) {
    send(memory, "in", "a", "?");
    send(slow, "changes", "a", "one");
    try (Job job =
        job(mode, "stores.table.source.wait.ms", "30", "stores.table.source.on.timeout", "proceed")
            .start()) {
      job.awaitRunning();
      await(() -> out().size() == 1);
      slow.held = false;
      await(
          () -> {
            send(memory, "in", "a", "?");
            return out().contains("one");
          });
    }
    assertThat(out()).startsWith("null");
  }

  @ParameterizedTest
  @ValueSource(strings = {"partition", "broadcast"})
  void a_job_can_be_stopped_meanwhile_and_tasks_that_never_began_are_not_closed(String mode)
      throws InterruptedException {
    send(slow, "changes", "a", "one");
    Job job = job(mode, "container.workers", "1").start();
    slow.asked.await();
    job.stop();
    assertThat(job.awaitEnd(Duration.ZERO)).isTrue();
    assertNotAllBegan(mode);
  }

  @ParameterizedTest
  @ValueSource(strings = {"partition", "broadcast"})
  void a_bounded_job_ends_when_its_inputs_do(String mode) {
    slow.held = false;
    for (int i = 0; i < 2000; i++) {
      send(slow, "changes", "key " + i % 100, "value " + i);
    }
    for (int i = 0; i < 100; i++) {
      send(memory, "in", "key " + i, "?");
    }
    try (Job job = job(mode).untilEnd(true).start()) {
      job.awaitEnd();
    }
    assertThat(out()).hasSize(100).allMatch(message -> message.matches("value 19\\d\\d"));
  }

  @Test
  void each_container_has_a_broadcast_store_of_its_own() {
    slow.held = false;
    send(slow, "changes", "a", "one");
    send(memory, "in", "a", "?");
    try (JobCoordinator coordinator = job("broadcast").startCoordinator(2);
        Job first = job("broadcast").join(coordinator.coordinator(), 0).untilEnd(true).start();
        Job second = job("broadcast").join(coordinator.coordinator(), 1).untilEnd(true).start()) {
      first.awaitEnd();
      second.awaitEnd();
    }
    assertThat(out()).containsExactly("one");
    assertThat(directory.resolve("lookup-1/container-0.broadcast")).isDirectory();
    assertThat(directory.resolve("lookup-1/container-1.broadcast")).isDirectory();
  }

  @Test
  void a_source_that_fails_under_way_fails_the_job() {
    slow.held = false;
    try (Job job = job("broadcast", "container.restart.max", "0").start()) {
      job.awaitRunning();
      try (SystemProducer producer = slow.producer("test")) {
        producer.send(new OutgoingRecord("changes", 0, null, null, null, -1, List.of()));
      }
      assertThatThrownBy(job::awaitEnd).hasMessageContaining("TM-2021");
    }
  }
}
