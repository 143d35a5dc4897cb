package io.tidemark.container;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.BlobStores;
import io.tidemark.config.JobSettings;
import io.tidemark.config.StreamDefinition;
import io.tidemark.coordinator.Coordination;
import io.tidemark.coordinator.Coordinator;
import io.tidemark.coordinator.Orders;
import io.tidemark.runtime.WorkerCounters;
import io.tidemark.runtime.WorkerCounters.Counter;
import io.tidemark.system.StreamSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of a container: it joins its job, does what the coordinator wants, and ends. {@link
 * #run} belongs to one thread, the rest is for any.
 */
final class ContainerRun {
  private static final Logger LOG = LoggerFactory.getLogger(ContainerRun.class);

  private static final long IDLE_MS = 50;
  private static final long JOIN_MS = 50;
  private static final Pattern TASK = Pattern.compile("(.+)-(\\d{1,9})");

  private final Parts parts;
  private final JobSettings settings;
  private final CompletableFuture<Void> running;
  private final CountDownLatch stopRequest = new CountDownLatch(1);
  private volatile @Nullable ContainerAgent agent;
  private volatile @Nullable JobCoordinator coordinator;
  private volatile List<WorkerCounters> counters = List.of();
  private boolean joinsStages;

  /**
   * What it is made from.
   *
   * @param config the job's configuration
   * @param code makes the tasks
   * @param systems systems that are given rather than opened, by name
   * @param coordination the way to a coordinator; null if the job is all here
   * @param number the number that it would like to have; -1 if any
   * @param from what the job is to be begun from; null to go on
   * @param untilEnd whether to stop at what the inputs hold at the start
   */
  record Parts(
      Config config,
      TaskSuppliers code,
      Map<String, StreamSystem> systems,
      @Nullable Coordination coordination,
      int number,
      @Nullable StartFrom from,
      boolean untilEnd) {}

  /**
   * @param running completed when the container's tasks run
   */
  ContainerRun(Parts parts, CompletableFuture<Void> running) {
    this.parts = parts;
    this.running = running;
    this.settings = parts.code.settings(parts.config);
  }

  /** Runs it. Returns the first failure; null if it ended well. */
  @Nullable Throwable run() {
    Coordination given = parts.coordination;
    if (given != null) {
      checkEnd();
      return run(given, parts.systems);
    }
    try (OpenSystems shared = new OpenSystems(settings, parts.systems)) {
      return runWithCoordinator(shared.all());
    }
  }

  /** Container and coordinator use the same connections. */
  private @Nullable Throwable runWithCoordinator(Map<String, StreamSystem> systems) {
    try (JobCoordinator own =
        JobCoordinator.start(parts.config, settings, systems, parts.from, 1)) {
      coordinator = own;
      if (isStopping()) {
        own.coordinator().stop();
      }
      return run(own.coordinator(), systems);
    } finally {
      coordinator = null;
    }
  }

  /** Reading again until nothing is left takes a job that is all in one place. */
  private void checkEnd() {
    boolean joined = settings.streams().values().stream().anyMatch(StreamDefinition::intermediate);
    if (parts.untilEnd && joined) {
      throw new ConfigException(
          "TM-1063",
          "the job has intermediate streams, and containers that join it cannot tell when all of"
              + " them are at the end; run it to its end in one process");
    }
  }

  private @Nullable Throwable run(Coordination coordination, Map<String, StreamSystem> systems) {
    String session = Sessions.begin();
    ContainerAgent made =
        new ContainerAgent(
            coordination,
            new ContainerAgent.Identity(
                settings.job(),
                session,
                parts.number,
                Sessions.HOST,
                settings.container().workers(),
                localState(settings)),
            settings.coordinator().heartbeatMs(),
            ContainerRun::ticker);
    agent = made;
    Throwable failure = null;
    try {
      failure = join(made) ? run(made, Sessions.incarnation(session), systems) : null;
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    made.end(failure);
    return failure;
  }

  /** Waits for a number; false if it was asked to stop meanwhile. */
  private boolean join(ContainerAgent joining) {
    while (!joining.join()) {
      try {
        if (stopRequest.await(JOIN_MS, TimeUnit.MILLISECONDS)) {
          return false;
        }
      } catch (InterruptedException e) {
        return false; // nobody but the JVM's end interrupts this thread
      }
    }
    if (isStopping() && coordinator == null) {
      joining.leave();
    }
    return true;
  }

  /** The tasks that have a directory here, as far as their names tell. */
  static Set<TaskName> localState(JobSettings settings) {
    Set<TaskName> found = new HashSet<>();
    try (Stream<Path> files = Files.list(settings.stateDirectory().resolve(settings.job()))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Matcher name = TASK.matcher(String.valueOf(file.getFileName()));
        if (name.matches() && isStage(settings, name.group(1))) {
          found.add(new TaskName(name.group(1), Integer.parseInt(name.group(2))));
        }
      }
    } catch (IOException e) {
      return Set.of(); // there is nothing yet
    }
    return found;
  }

  private static boolean isStage(JobSettings settings, String name) {
    return settings.stages().stream().anyMatch(stage -> stage.name().equals(name));
  }

  private @Nullable Throwable run(
      ContainerAgent joined, String incarnation, Map<String, StreamSystem> systems) {
    Orders orders = Objects.requireNonNull(joined.orders());
    try (BlobStore blobs = BlobStores.open(settings)) {
      Container.Setup setup =
          new Container.Setup(
              parts.config,
              parts.code,
              systems,
              new Membership(
                  orders.container(),
                  incarnation,
                  orders.timeline(),
                  new Membership.Checkpoints(blobs, () -> restoreFrom(joined))),
              parts.untilEnd,
              ContainerRun::ticker,
              System::currentTimeMillis,
              IDLE_MS,
              true,
              null);
      try (Container container = made(setup, joined);
          ContainerServers servers =
              ContainerServers.begin(
                  container.served(joined::containerOf), settings.job() + "-servers")) {
        joinsStages = container.joinsStages();
        count(container);
        joined.attach(
            new TaskWorkers(container.workers(), container.specs()::task),
            container.workers(),
            Objects.requireNonNull(container.snapshots()),
            container.requests(),
            servers::haveStarted);
        return new WorkerThreads(setup, container, joined, servers, running).run();
      }
    }
  }

  /** Makes the container, which takes as long as its systems do; meanwhile its lease is kept. */
  private Container made(Container.Setup setup, ContainerAgent joined) {
    AtomicBoolean isMade = new AtomicBoolean();
    Thread heartbeat = new Thread(() -> beat(joined, isMade), settings.job() + "-heartbeat");
    heartbeat.setDaemon(true);
    heartbeat.start();
    try {
      return new Container(setup);
    } finally {
      isMade.set(true);
      LockSupport.unpark(heartbeat);
      WorkerThreads.joinUninterruptibly(heartbeat);
    }
  }

  private void beat(ContainerAgent joined, AtomicBoolean isMade) {
    try {
      while (!isMade.get()) {
        joined.join();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(settings.coordinator().heartbeatMs()));
      }
    } catch (TidemarkException e) {
      LOG.debug("The next exchange says what is wrong", e);
    }
  }

  private static @Nullable String restoreFrom(ContainerAgent joined) {
    Orders orders = joined.orders();
    return orders == null ? null : orders.restoreFrom();
  }

  private void count(Container container) {
    List<WorkerCounters> all = new ArrayList<>();
    container.workers().forEach(worker -> all.add(worker.counters()));
    all.add(container.tables().counters());
    counters = all;
  }

  /** Asks it to finish. Returns at once. */
  void requestStop() {
    stopRequest.countDown();
    JobCoordinator own = coordinator;
    ContainerAgent joined = agent;
    if (own != null) {
      try {
        own.coordinator().stop();
        return;
      } catch (TidemarkException e) {
        // Then it goes as one that leaves.
      }
    }
    if (joined != null) {
      joined.leave();
    }
  }

  private boolean isStopping() {
    return stopRequest.getCount() == 0;
  }

  /** Whether its tasks read what tasks of the job write. */
  boolean joinsStages() {
    return joinsStages;
  }

  /** The coordinator, if it is here. */
  @Nullable Coordinator coordinator() {
    JobCoordinator own = coordinator;
    return own == null ? null : own.coordinator();
  }

  /** What it has done so far. */
  Progress progress() {
    Progress sum = Progress.NONE;
    for (WorkerCounters worker : counters) {
      sum =
          sum.plus(
              new Progress(
                  worker.get(Counter.RECORDS_IN),
                  worker.get(Counter.RECORDS_OUT),
                  worker.get(Counter.COMMITS),
                  worker.get(Counter.SKIPPED),
                  worker.get(Counter.DEAD_LETTERS),
                  worker.get(Counter.LAG),
                  0));
    }
    return sum;
  }

  static long ticker() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
