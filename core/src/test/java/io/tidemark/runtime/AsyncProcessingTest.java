package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.AsyncStreamTask;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.TaskCallback;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.TaskName;
import io.tidemark.api.WindowableTask;
import io.tidemark.runtime.WorkerCounters.Counter;
import io.tidemark.runtime.WorkerSpec.AsyncLimits;
import io.tidemark.runtime.WorkerSpec.Pace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AsyncProcessingTest {
  @TempDir Path directory;

  /** Records in flight by message, in the order in which they were started. */
  private final Map<String, Flight> flights = Collections.synchronizedMap(new LinkedHashMap<>());

  private int windows;
  private Setting setting;

  private record Flight(TaskCallback callback, MessageCollector collector) {}

  /** Leaves every record in flight, until the test lands it. */
  private final class Waiting implements AsyncStreamTask, InitableTask, WindowableTask {
    private KeyValueStore<String, String> store;

    @Override
    public void init(Context context) {
      store = context.getTaskContext().getStore("store");
    }

    @Override
    public void processAsync(
        IncomingMessageEnvelope envelope,
        MessageCollector collector,
        TaskCoordinator coordinator,
        TaskCallback callback) {
      String message = (String) envelope.getMessage();
      if (message.startsWith("store")) {
        store.put(message, message);
      }
      if (message.endsWith("throw")) {
        throw new IllegalArgumentException("told to");
      }
      if (message.endsWith("complete and fail")) {
        collector.send(new OutgoingMessageEnvelope(Setting.OUT, message));
        callback.complete();
        throw new IllegalArgumentException("after all");
      }
      flights.put(message, new Flight(callback, collector));
    }

    @Override
    public void window(MessageCollector collector, TaskCoordinator coordinator) {
      windows++;
      assertThat(flights).as("in flight").isEmpty();
      collector.send(new OutgoingMessageEnvelope(Setting.OUT, "window " + windows));
    }
  }

  private Setting setting() {
    setting = new Setting(directory, Waiting::new);
    return setting;
  }

  private void land(String message) {
    Flight flight = flights.remove(message);
    flight.collector.send(new OutgoingMessageEnvelope(Setting.OUT, message));
    flight.callback.complete();
  }

  private void landAll() {
    List.copyOf(flights.keySet()).forEach(this::land);
  }

  private List<String> stored(Worker worker) {
    List<String> keys = new ArrayList<>();
    @SuppressWarnings("unchecked") // strings are all there is
    KeyValueStore<String, String> store =
        (KeyValueStore<String, String>) worker.store(new TaskName("main", 0), "store");
    try (var all = store.all()) {
      all.forEachRemaining(entry -> keys.add(entry.key()));
    }
    return keys;
  }

  @Test
  void outputsComeInTheOrderOfTheInputWhateverTheOrderOfCallbacks() {
    setting().create().send("a", "b", "c", "d");
    try (Worker worker = setting.open("w")) {
      Setting.run(worker);
      List.of("c", "a", "d", "b").forEach(this::land);
      setting.commit(worker);
      assertThat(setting.out()).containsExactly("a", "b", "c", "d");
    }
  }

  @Test
  void noMoreRecordsAreInFlightThanAllowed() {
    setting().asyncLimits = new AsyncLimits(2, -1);
    setting.create().send("a", "b", "c", "d");
    try (Worker worker = setting.open("w")) {
      Setting.run(worker);
      assertThat(flights.keySet()).containsExactly("a", "b");
      land("b");
      Setting.run(worker);
      assertThat(flights.keySet()).containsExactly("a", "c");
    }
  }

  @Test
  void aCommitCoversACompletePrefixOnly() {
    setting().create().send("a", "b", "c", "d");
    try (Worker worker = setting.open("w")) {
      Setting.run(worker);
      land("a");
      land("c");
      setting.commit(worker);
      assertThat(setting.out()).containsExactly("a");
      land("b");
      setting.commit(worker);
      assertThat(setting.out()).containsExactly("a", "b", "c");
    }
    flights.clear();
    try (Worker again = setting.open("w")) {
      Setting.run(again);
      assertThat(flights.keySet()).containsExactly("d");
    }
  }

  @Test
  void storesAreCommittedOnlyWhenNothingIsInFlight() {
    setting().create().send("store a", "b", "c");
    try (Worker worker = setting.open("w")) {
      Setting.run(worker);
      land("store a");
      setting.commit(worker);
      assertThat(setting.out()).isEmpty();
    }
    flights.clear();
    try (Worker worker = setting.open("w")) {
      assertThat(stored(worker)).isEmpty();
      Setting.run(worker);
      landAll();
      setting.commit(worker);
      assertThat(setting.out()).containsExactly("store a", "b", "c");
    }
    try (Worker worker = setting.open("w")) {
      assertThat(stored(worker)).containsExactly("store a");
    }
  }

  /** A task with stores and more input than it can handle still commits. */
  @Test
  void storesAreCommittedInTimeHoweverMuchWaits() {
    setting().asyncLimits = new AsyncLimits(3, -1);
    setting.create();
    for (int i = 0; i < 500; i++) {
      setting.send("store " + i);
    }
    try (Worker worker = setting.open("w")) {
      int steps = 0;
      while (setting.out().size() < 100) {
        worker.doWork();
        if (!flights.isEmpty()) {
          land(flights.keySet().iterator().next()); // there are always others in flight
        }
        setting.nowMs += 10;
        assertThat(steps++).as("steps for 100 records").isLessThan(300);
      }
      assertThat(worker.counters().get(Counter.COMMITS)).isBetween(3L, 40L);
      assertThat(setting.out()).startsWith("store 0", "store 1", "store 2");
    }
  }

  @Test
  void aFailedCallbackFailsTheTaskWithItsPosition() {
    setting().create().send("a", "b");
    try (Worker worker = setting.open("w")) {
      Setting.run(worker);
      land("a");
      flights.get("b").callback.failure(new IllegalStateException("remote is down"));
      assertThatThrownBy(() -> setting.commit(worker))
          .isInstanceOf(TaskFailedException.class)
          .hasMessageContaining("main-0")
          .hasMessageContaining("offset 1 of memory.in[0]")
          .hasMessageContaining("remote is down");
    }
    assertThat(setting.out()).isEmpty();
  }

  @Test
  void recordsThatFailArePassedOverWithAllThatWasSentForThem() {
    setting().onError = InputSpec.OnError.DEAD_LETTER;
    setting.create().send("a", "b", "store and throw", "c complete and fail", "d");
    try (Worker worker = setting.open("w")) {
      Setting.run(worker);
      Flight b = flights.remove("b");
      b.collector.send(new OutgoingMessageEnvelope(Setting.OUT, "b"));
      b.callback.failure(new IllegalStateException("b failed"));
      landAll();
      setting.commit(worker);
      assertThat(setting.out()).containsExactly("a", "d");
      assertThat(setting.messages("dead"))
          .containsExactly("b", "store and throw", "c complete and fail");
      assertThat(stored(worker)).isEmpty();
      assertThat(worker.counters().get(Counter.DEAD_LETTERS)).isEqualTo(3);
    }
  }

  @Test
  void anOutputThatCannotBeWrittenIsItsRecordsFailure() {
    setting().onError = InputSpec.OnError.SKIP;
    setting.create().send("a", "b");
    try (Worker worker = setting.open("w")) {
      Setting.run(worker);
      Flight a = flights.remove("a");
      a.collector.send(new OutgoingMessageEnvelope(Setting.OUT, "first"));
      a.collector.send(new OutgoingMessageEnvelope(Setting.OUT, 42)); // no string
      a.callback.complete();
      land("b");
      setting.commit(worker);
      assertThat(setting.out()).containsExactly("b");
      assertThat(worker.counters().get(Counter.SKIPPED)).isEqualTo(1);
    }
  }

  @Test
  void aRecordThatThrowsAfterItsCallbackHasFailed() {
    setting().create().send("complete and fail");
    try (Worker worker = setting.open("w")) {
      assertThatThrownBy(() -> setting.commit(worker))
          .isInstanceOf(TaskFailedException.class)
          .hasMessageContaining("after all");
    }
    assertThat(setting.out()).isEmpty();
  }

  @Test
  void aRecordThatTakesTooLongFailsTheTask() {
    setting().asyncLimits = new AsyncLimits(4, 500);
    setting.create().send("a", "b");
    try (Worker worker = setting.open("w")) {
      Setting.run(worker);
      setting.nowMs += 500;
      Setting.run(worker);
      land("a");
      setting.nowMs += 1;
      assertThatThrownBy(() -> Setting.run(worker))
          .isInstanceOf(TaskFailedException.class)
          .hasMessageContaining("TM-4003")
          .hasMessageContaining("task main-0")
          .hasMessageContaining("offset 1 of memory.in[0]")
          .hasMessageContaining("task.callback.timeout.ms=500");
    }
  }

  @Test
  void aSecondCallAndALateOutputAreRefusedWhereTheyAreMade() {
    setting().create().send("a");
    try (Worker worker = setting.open("w")) {
      Setting.run(worker);
      Flight a = flights.get("a");
      land("a");
      assertThatIllegalStateException().isThrownBy(a.callback::complete);
      assertThatIllegalStateException()
          .isThrownBy(() -> a.callback.failure(new IllegalStateException()));
      assertThatIllegalStateException()
          .isThrownBy(() -> a.collector.send(new OutgoingMessageEnvelope(Setting.OUT, "too late")));
      setting.commit(worker);
      assertThat(setting.out()).containsExactly("a");
    }
  }

  @Test
  void aWindowWaitsUntilNothingIsInFlightAndIsInOrder() {
    setting().pace = new Pace(1_000_000, 1 << 20, 1000, 0, 1000, true);
    setting.create().send("a", "b");
    try (Worker worker = setting.open("w")) {
      Setting.run(worker);
      setting.nowMs += 1000;
      Setting.run(worker);
      setting.send("c");
      Setting.run(worker);
      assertThat(flights.keySet()).as("nothing is started before").containsExactly("a", "b");
      land("b");
      Setting.run(worker);
      assertThat(windows).isZero();
      land("a");
      Setting.run(worker);
      assertThat(windows).isEqualTo(1);
      land("c");
      setting.commit(worker);
      assertThat(setting.out()).containsExactly("a", "b", "window 1", "c");
    }
  }

  @Test
  void theEndWaitsForWhatIsInFlight() {
    setting().create().send("a", "b", "store c");
    try (Worker worker = setting.open("w");
        ScheduledLanding landing = new ScheduledLanding()) {
      Setting.run(worker);
      List.copyOf(flights.keySet()).forEach(message -> landing.later(() -> land(message)));
      worker.finish();
    }
    assertThat(setting.out()).containsExactly("a", "b", "store c");
  }

  @Test
  void theEndDoesNotWaitLongerThanAllowedAndCommitsThePrefix() {
    setting().pace = new Pace(100, 1 << 20, -1, 0, 300, true);
    setting.create().send("a", "b");
    try (Worker worker = setting.open("w");
        ScheduledLanding clock = new ScheduledLanding()) {
      Setting.run(worker);
      land("a");
      clock.later(this::tick);
      worker.finish();
      flights.clear();
    }
    assertThat(setting.out()).containsExactly("a");
  }

  /** Moves the clock while something is in flight. */
  private void tick() {
    while (!flights.isEmpty()) {
      setting.nowMs++;
      Thread.yield();
    }
  }

  /** Does things one after another on a thread of its own. */
  private static final class ScheduledLanding implements AutoCloseable {
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    void later(Runnable action) {
      thread.execute(action);
    }

    @Override
    public void close() {
      thread.shutdown();
    }
  }

  /** Counts per key in the store, and answers from several threads in any order. */
  private static final class Counting implements AsyncStreamTask, InitableTask {
    private final ExecutorService threads;
    private KeyValueStore<String, String> store;

    Counting(ExecutorService threads) {
      this.threads = threads;
    }

    @Override
    public void init(Context context) {
      store = context.getTaskContext().getStore("store");
    }

    @Override
    public void processAsync(
        IncomingMessageEnvelope envelope,
        MessageCollector collector,
        TaskCoordinator coordinator,
        TaskCallback callback) {
      String key = (String) envelope.getMessage();
      String before = store.get(key);
      int count = before == null ? 1 : Integer.parseInt(before) + 1;
      store.put(key, "" + count);
      threads.execute(
          () -> {
            if (ThreadLocalRandom.current().nextInt(4) == 0) {
              Thread.yield();
            }
            collector.send(new OutgoingMessageEnvelope(Setting.OUT, key + count));
            callback.complete();
          });
    }
  }

  @Test
  void anyRowOfKillsWithRecordsInFlightGivesTheResultOfAnUninterruptedRun() throws Exception {
    long seed = Long.getLong("tidemark.seed", System.nanoTime());
    Random random = new Random(seed);
    ExecutorService threads = Executors.newFixedThreadPool(3);
    setting = new Setting(directory, () -> new Counting(threads));
    setting.asyncLimits = new AsyncLimits(8, -1);
    setting.create();
    List<String> expected = new ArrayList<>();
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < 3000; i++) {
      String key = "k" + random.nextInt(20) + "-";
      setting.send(key);
      expected.add(key + counts.merge(key, 1, Integer::sum));
    }
    long deadline = System.nanoTime() + Duration.ofSeconds(40).toNanos();
    int kills = 0;
    Worker worker = setting.open("w");
    while (setting.out().size() < expected.size()) {
      for (int steps = random.nextInt(40); steps > 0; steps--) {
        worker.doWork();
        setting.nowMs += random.nextInt(40);
      }
      if (random.nextInt(5) == 0 && kills < 40) {
        kills++;
        worker.close();
        worker = setting.open("w");
      }
      assertThat(System.nanoTime()).as("seed %d: in time", seed).isLessThan(deadline);
    }
    worker.close();
    threads.shutdown();
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    assertThat(setting.out()).as("seed %d", seed).isEqualTo(expected);
    assertThat(kills).as("seed %d", seed).isPositive();
  }
}
