package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.LongSerde;
import io.tidemark.api.StringSerde;
import io.tidemark.api.TidemarkException;
import io.tidemark.rpc.RemoteEntry;
import io.tidemark.rpc.RemoteRange;
import io.tidemark.rpc.RemoteStore;
import io.tidemark.rpc.Scan;
import io.tidemark.rpc.StateClient;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The state of a running job, asked for from another process while the job counts and one of its
 * containers is killed and started again.
 */
@Timeout(300)
class StateQueryTest {
  private static final int PARTITIONS = 4;
  private static final int CONTAINERS = 2;
  private static final int KEYS = 300;
  private static final int KILLS = 3;
  private static final int RECORDS = 20_000;

  @TempDir Path directory;

  private final CommittedAnswers answers = new CommittedAnswers();
  private final AtomicBoolean stop = new AtomicBoolean();

  @Test
  void every_answer_is_a_committed_state_though_a_container_is_killed() throws Exception {
    long seed = Long.getLong("tidemark.seed", System.nanoTime());
    CountingJob job =
        new CountingJob(LocalKafka.shared(), "queried", PARTITIONS, directory)
            // A checkpoint lets journals be trimmed, and answers are compared with all of them.
            .with("task.checkpoint.interval.ms", "-1");
    Path properties = job.properties();
    List<ContainerProcess> containers = new ArrayList<>();
    ExecutorService askers = Executors.newFixedThreadPool(3);
    try {
      for (int i = 0; i < CONTAINERS; i++) {
        containers.add(ContainerProcess.start(properties, i, CONTAINERS, false));
        containers.get(i).awaitLine("ready", 60);
      }
      try (StateClient client = client()) {
        List<Future<?>> asked = new ArrayList<>();
        asked.add(askers.submit(() -> askForKeys(client, new Random(seed))));
        asked.add(askers.submit(() -> askForKeys(client, new Random(seed + 1))));
        asked.add(askers.submit(() -> askForRanges(client)));
        killWhileItCounts(job, properties, containers, seed);
        awaitCounts(client, job.expected());
        awaitAnswers(1_000);
        stop.set(true);
        for (Future<?> asker : asked) {
          asker.get(60, TimeUnit.SECONDS);
        }
      }
      for (ContainerProcess container : containers) {
        container.terminate();
        assertThat(container.awaitExit(60)).as(container.output()).isZero();
      }
      answers.assertTheyAreWhatWasCommitted(job);
      assertThatThrownBy(() -> client(Duration.ofMillis(200)).describe())
          .as("nobody is there any more")
          .hasMessageContaining("TM-7011");
    } catch (Throwable e) {
      throw new AssertionError("with -Dtidemark.seed=" + seed + ": " + e, e);
    } finally {
      stop.set(true);
      askers.shutdownNow();
      containers.forEach(ContainerProcess::close);
    }
  }

  private StateClient client() {
    return client(Duration.ofSeconds(60));
  }

  private StateClient client(Duration patience) {
    return StateClient.ofJob(directory.resolve("state"), "queried-1").patience(patience).open();
  }

  private void killWhileItCounts(
      CountingJob job, Path properties, List<ContainerProcess> containers, long seed)
      throws Exception {
    for (int kill = 0; kill < KILLS; kill++) {
      job.send(RECORDS, KEYS, seed + kill);
      awaitAnswers(answers.count() + 1 + new Random(seed - kill).nextInt(200)); // any moment
      containers.get(1).kill();
      containers.set(1, ContainerProcess.start(properties, 1, CONTAINERS, false));
      containers.get(1).awaitLine("ready", 60);
    }
    job.send(RECORDS, KEYS, seed + KILLS);
  }

  private void awaitAnswers(long count) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (answers.count() < count) {
      assertThat(System.nanoTime()).as("%d answers by now", answers.count()).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private static RemoteStore<String, Long> counts(StateClient client) {
    return client.store("counts", new StringSerde(), new LongSerde());
  }

  /** A count may never go back, for whoever asks one question after the other. */
  private void askForKeys(StateClient client, Random random) {
    RemoteStore<String, Long> counts = counts(client);
    Map<String, Long> last = new HashMap<>();
    while (!stop.get()) {
      String key = "key-" + random.nextInt(KEYS);
      RemoteEntry<String, Long> found = counts.find(key);
      Long count = found.value();
      assertThat(count == null ? 0 : count)
          .as(key)
          .isGreaterThanOrEqualTo(last.getOrDefault(key, 0L));
      if (count != null) {
        last.put(key, count);
      }
      answers.add(found.task(), found.commit(), Collections.singletonMap(key, count), false);
    }
  }

  private void askForRanges(StateClient client) {
    RemoteStore<String, Long> counts = counts(client);
    for (int round = 0; !stop.get(); round++) {
      String task = "main-" + round % PARTITIONS;
      Scan<String> scan = Scan.<String>all().ofTask(task);
      Map<String, @Nullable Long> found = new HashMap<>();
      long commit = 0;
      boolean whole = true;
      try (RemoteRange<String, Long> range = counts.scan(round % 2 == 0 ? scan : scan.reverse())) {
        while (range.hasNext()) {
          RemoteEntry<String, Long> entry = range.next();
          found.put(entry.key(), entry.value());
          commit = entry.commit();
        }
      } catch (TidemarkException e) {
        assertThat(e.code()).as("its task has moved away: %s", e).isEqualTo("TM-7019");
        whole = false;
      }
      if (commit > 0) {
        answers.add(task, commit, found, whole);
      }
    }
  }

  private static void awaitCounts(StateClient client, Map<String, Long> expected)
      throws InterruptedException {
    RemoteStore<String, Long> counts = counts(client);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    Map<String, Long> found = Map.of();
    while (!found.equals(expected)) {
      assertThat(System.nanoTime()).as("counted by now: %s", found).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(20);
      found = counts.getAll(List.copyOf(expected.keySet()));
    }
  }
}
