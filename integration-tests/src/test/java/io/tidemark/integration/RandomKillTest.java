package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.systems.kafka.broker.LocalKafka;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two containers, killed at random moments while records come; each is started again at once. A
 * failure names the seed, which {@code -Dtidemark.seed} repeats as far as processes can be
 * repeated.
 */
@Timeout(900)
class RandomKillTest {
  private static final int CONTAINERS = 2;

  @TempDir Path directory;

  @Test
  void a_few_kills_change_nothing() throws Exception {
    run(30_000, 3, 3_000);
  }

  @Test
  @Tag("slow")
  void many_kills_change_nothing() throws Exception {
    if (Boolean.getBoolean("tidemark.slow.short")) {
      run(200_000, 6, 20_000);
    } else {
      run(2_000_000, 20, 100_000);
    }
  }

  private void run(int records, int kills, int keys) throws Exception {
    long seed = Long.getLong("tidemark.seed", System.nanoTime());
    CountingJob job = new CountingJob(LocalKafka.shared(), "random-kill-" + records, 4, directory);
    try {
      killAtRandom(job, records, kills, keys, new Random(seed));
      job.assertExact();
    } catch (Throwable e) {
      throw new AssertionError("with -Dtidemark.seed=" + seed + ": " + e, e);
    }
  }

  private static void killAtRandom(CountingJob job, int records, int kills, int keys, Random random)
      throws Exception {
    Path properties = job.properties();
    List<ContainerProcess> containers = new ArrayList<>();
    try {
      for (int i = 0; i < CONTAINERS; i++) {
        containers.add(ContainerProcess.start(properties, i, CONTAINERS, false));
      }
      for (int kill = 0; kill < kills; kill++) {
        job.send(records / kills, keys, random.nextLong());
        int victim = random.nextInt(CONTAINERS);
        awaitRandomMoment(containers.get(victim), random);
        assertThat(containers.get(victim).isAlive()).as(containers.get(victim).output()).isTrue();
        containers.get(victim).kill();
        containers.set(victim, ContainerProcess.start(properties, victim, CONTAINERS, false));
      }
      finish(containers, properties);
    } finally {
      containers.forEach(ContainerProcess::close);
    }
  }

  /** Mostly while it works; sometimes while it starts, which is when it recovers. */
  private static void awaitRandomMoment(ContainerProcess victim, Random random)
      throws InterruptedException {
    if (random.nextInt(4) > 0) {
      victim.awaitLine("ready", 60);
      TimeUnit.MILLISECONDS.sleep(random.nextInt(800));
    } else {
      TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(2_000));
    }
  }

  /** The last kills, and then a bounded run over what is left. */
  private static void finish(List<ContainerProcess> containers, Path properties)
      throws IOException, InterruptedException {
    for (int i = 0; i < CONTAINERS; i++) {
      containers.get(i).kill();
      containers.set(i, ContainerProcess.start(properties, i, CONTAINERS, true));
    }
    for (ContainerProcess container : containers) {
      assertThat(container.awaitExit(300)).as(container.output()).isZero();
    }
  }
}
