package io.tidemark.simulation;

import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.MemoryBlobStore;
import io.tidemark.checkpoint.Trigger;
import io.tidemark.coordinator.CheckpointRecord;
import io.tidemark.coordinator.Coordinator;
import io.tidemark.coordinator.JobPlan;
import io.tidemark.coordinator.MemoryMetadataStore;
import io.tidemark.coordinator.MetadataStore;
import io.tidemark.simulation.SimulatedNetwork.Weather;
import io.tidemark.system.MemorySystem;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One run of a job drawn from a seed: graph, input, faults. When nothing goes wrong any more, all
 * must come right; and so must the job when it is begun from any checkpoint of the run.
 */
final class Simulation {
  private static final long START_MS = 1_700_000_000_000L;
  private static final long FAULTY_MS = 8_000;
  private static final long LIMIT_MS = 90_000;
  private static final int MOST_CONTAINERS = 4;

  private final Random random;
  private final SimulatedTime time;
  private final MemorySystem memory;
  private final MemoryBlobStore blobs;
  private final MetadataStore metadata = new MemoryMetadataStore();
  private final SimulatedGraph graph;
  private final Map<String, String> settings = new TreeMap<>();
  private final Planted bug;
  private final Path root;
  private final Oracle oracle = new Oracle();
  private final SimulatedJob job;
  private long endMs;
  private int savepoints;
  private int starts;
  private int completed;

  private Simulation(long seed, Planted bug, Path root) {
    this.random = new Random(seed * 0x9E3779B97F4A7C15L);
    this.bug = bug;
    this.root = root;
    this.time = new SimulatedTime(random, START_MS);
    this.memory = new MemorySystem("memory", () -> Instant.ofEpochMilli(time.nowMs()));
    this.blobs = new MemoryBlobStore(time::nowMs);
    this.graph = new SimulatedGraph(random, memory);
    drawSettings();
    SimulatedJob.World world = new SimulatedJob.World(time, graph, memory, blobs, metadata);
    this.job = new SimulatedJob(world, settings, root.resolve("run"), bug, oracle, null);
  }

  /** Runs one; returns what it was like. */
  static String run(long seed, Planted bug) {
    Path root = Disks.create();
    try {
      Simulation simulation = new Simulation(seed, bug, root);
      simulation.run();
      return simulation.completed + " checkpoints, " + simulation.oracle.ends();
    } finally {
      Disks.delete(root);
    }
  }

  private void drawSettings() {
    settings.put("task.commit.ms", Integer.toString(10 + random.nextInt(200)));
    settings.put("job.coordinator.heartbeat.ms", "100");
    settings.put("job.coordinator.lease.ms", Integer.toString(1000 + random.nextInt(2000)));
    int intervalMs = 100 + random.nextInt(2000);
    settings.put("task.checkpoint.interval.ms", Integer.toString(intervalMs));
    settings.put(
        "task.checkpoint.min.pause.ms",
        Integer.toString(random.nextInt(Math.min(500, intervalMs))));
    settings.put("task.checkpoint.timeout.ms", Integer.toString(1000 + random.nextInt(4000)));
    settings.put("task.checkpoint.retain", Integer.toString(1 + random.nextInt(3)));
    settings.put("task.checkpoint.grace.ms", Integer.toString(500 + random.nextInt(8000)));
  }

  private void run() {
    int containers = 1 + random.nextInt(3);
    for (int i = 0; i < containers; i++) {
      job.addContainer();
    }
    job.startCoordinator();
    endMs = time.nowMs() + FAULTY_MS;
    feed();
    fault();
    time.runUntil(endMs);
    job.calmDown();
    awaitExact(job, "the job");
    awaitCheckpoint();
    checkExact(job, "the job after a last checkpoint");
    oracle.checkJournals(memory);
    oracle.checkOutputs(memory, graph.expected());
    oracle.verifyAll(blobs);
    startFromCheckpoints();
  }

  private void feed() {
    graph.feed(random, memory, random.nextInt(6));
    if (time.nowMs() < endMs) {
      time.after(time.upTo(400), this::feed);
    }
  }

  // What goes wrong

  private void fault() {
    if (time.nowMs() >= endMs) {
      return;
    }
    SimulatedJob.Slot any = job.slots.get(random.nextInt(job.slots.size()));
    switch (random.nextInt(13)) {
      case 0, 1 -> any.crash(random.nextInt(3) == 0);
      case 2, 3 -> any.process.pause(time.upTo(random.nextBoolean() ? 500 : 5000));
      case 4 -> job.network.cutOff(any.process, time.upTo(5000));
      case 5 -> job.network.setWeather(random.nextBoolean() ? Weather.CALM : Weather.drawn(time));
      case 6 -> job.setBlobFaults(random.nextBoolean() ? 0 : random.nextInt(100));
      case 7 -> {
        job.commits.late = random.nextInt(1000);
        job.commits.unknown = random.nextInt(3) == 0 ? random.nextInt(20) : 0;
      }
      case 8 -> job.crashCoordinator();
      case 9 -> {
        if (random.nextBoolean()) {
          job.startCoordinator();
        } else {
          job.pauseCoordinator(time.upTo(3000));
        }
      }
      case 10 -> join(any);
      case 11 -> request();
      default -> startFromSome();
    }
    time.after(time.upTo(900), this::fault);
  }

  private void join(SimulatedJob.Slot any) {
    if (random.nextBoolean() && job.slots.size() < MOST_CONTAINERS) {
      job.addContainer();
    } else {
      any.leave();
    }
  }

  private void request() {
    Coordinator coordinator = job.coordinator();
    if (coordinator == null) {
      return;
    }
    try {
      String name = random.nextInt(3) == 0 ? "savepoint" + savepoints++ : "";
      coordinator.requestCheckpoint(Trigger.REQUEST, name).exceptionally(e -> null);
    } catch (TidemarkException e) {
      // It may have been replaced.
    }
  }

  /** Begins the job anew now and then, from a checkpoint or from nothing. */
  private void startFromSome() {
    if (random.nextInt(3) > 0) {
      return;
    }
    List<Catalog.Entry> entries = new Catalog(blobs).list();
    int chosen = random.nextInt(entries.size() + 1);
    job.startFrom(
        chosen == entries.size()
            ? new JobPlan.Start("start" + starts++, null, null)
            : start(entries.get(chosen).require()));
  }

  private JobPlan.Start start(CheckpointManifest manifest) {
    return new JobPlan.Start("start" + starts++, manifest, Location.of(manifest).toString());
  }

  // What must come of it

  /**
   * What tasks have in memory may be exact already when their container ends, since it had lost its
   * coordinator, and its successor is then at the last commit: so it has to stay exact.
   */
  private void awaitExact(SimulatedJob running, String what) {
    SimulatedTime clock = running.world.time();
    long limitMs = clock.nowMs() + LIMIT_MS;
    boolean exact = false;
    while (!exact && clock.nowMs() < limitMs) {
      clock.runUntil(clock.nowMs() + 200);
      if (graph.expected().equals(running.counts())) {
        clock.runUntil(clock.nowMs() + 1000);
        exact = graph.expected().equals(running.counts());
      }
    }
    if (!exact) {
      Map<String, Long> counts = running.counts();
      oracle.problem(what + " has " + counts + " and should have " + graph.expected(), null);
    }
  }

  private void checkExact(SimulatedJob running, String what) {
    SimulatedTime clock = running.world.time();
    Map<String, Long> counts = running.counts();
    for (int i = 0; i < 100 && counts == null; i++) {
      clock.runUntil(clock.nowMs() + 200);
      counts = running.counts();
    }
    if (!graph.expected().equals(counts)) {
      oracle.problem(what + " has " + counts + " and should have " + graph.expected(), null);
    }
  }

  /** In calm times a checkpoint is soon complete. */
  private void awaitCheckpoint() {
    long limitMs = time.nowMs() + LIMIT_MS;
    CompletableFuture<CheckpointRecord> last = null;
    Throwable why = null;
    while (time.nowMs() < limitMs) {
      Coordinator coordinator = job.coordinator();
      if (last == null && coordinator != null) {
        last = coordinator.requestCheckpoint(Trigger.REQUEST, "");
      }
      time.runUntil(time.nowMs() + 100);
      if (last != null && last.isDone()) {
        try {
          last.join();
          completed =
              (int)
                  job.coordinator().checkpoints().stream()
                      .filter(record -> record.status() == CheckpointRecord.Status.COMPLETED)
                      .count();
          return;
        } catch (RuntimeException e) {
          why = e;
          last = null;
        }
      }
    }
    oracle.problem("no checkpoint is complete although nothing goes wrong", why);
  }

  private void startFromCheckpoints() {
    List<Catalog.Entry> entries = new Catalog(blobs).list();
    for (int i = 0; i < 2 && !entries.isEmpty(); i++) {
      Catalog.Entry entry = entries.get(random.nextInt(entries.size()));
      startFrom(entry.require(), i);
    }
  }

  private void startFrom(CheckpointManifest manifest, int attempt) {
    SimulatedTime clock = new SimulatedTime(new Random(random.nextLong()), time.nowMs() + 1000);
    SimulatedJob.World copy =
        new SimulatedJob.World(
            clock, graph, memory.copy(), blobs.copy(clock::nowMs), copy(metadata));
    Oracle own = new Oracle();
    SimulatedJob begun =
        new SimulatedJob(
            copy, settings, root.resolve("from-" + attempt), bug, own, start(manifest));
    begun.calmDown();
    begun.addContainer();
    begun.startCoordinator();
    awaitExact(begun, "the job started from " + Location.of(manifest));
  }

  private static MetadataStore copy(MetadataStore metadata) {
    MetadataStore copy = new MemoryMetadataStore();
    for (String name : metadata.list("")) {
      MetadataStore.@Nullable Entry entry = metadata.get(name);
      if (entry != null) {
        copy.put(name, entry.value(), 0);
      }
    }
    return copy;
  }
}
