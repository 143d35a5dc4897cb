package io.tidemark.container;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.BlobStores;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.Collector;
import io.tidemark.config.CheckpointSettings;
import io.tidemark.config.CoordinatorSettings;
import io.tidemark.config.JobSettings;
import io.tidemark.coordinator.CheckpointPolicy;
import io.tidemark.coordinator.Coordinator;
import io.tidemark.coordinator.CoordinatorOptions;
import io.tidemark.coordinator.CoordinatorView;
import io.tidemark.coordinator.FileMetadataStore;
import io.tidemark.coordinator.MetadataStore;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalFactory;
import io.tidemark.state.StateDirectory;
import io.tidemark.system.StreamSystem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job's coordinator with what it needs, and the thread that runs it. In the process of the job's
 * only container, or of whoever starts its containers, or alone. Any thread may call it.
 */
public final class JobCoordinator implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobCoordinator.class);

  private static final long COLLECT_MS = 60_000;

  /** The folder that the job's coordinator has locked, so that there is one on a machine. */
  private static final String OFFICE = "coordinator-process";

  private final JobSettings settings;
  private final @Nullable PlanDifference difference;
  private final StateDirectory office;
  private final Map<String, StreamSystem> given;
  private final BlobStore blobs;
  private final MetadataStore metadata;
  private final ExecutorService blocking;
  private final Coordinator coordinator;
  private final Thread thread;
  private final ChannelTrimming trimming;
  private final AtomicBoolean isTrimming = new AtomicBoolean();
  private long trimmedFor;
  private long collectedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  private volatile boolean closed;
  private volatile @Nullable Throwable failure;

  private JobCoordinator(
      JobSettings settings,
      JobPlans.Planned planned,
      int expectedContainers,
      StateDirectory office,
      Map<String, StreamSystem> given,
      BlobStore blobs,
      MetadataStore metadata) {
    this.settings = settings;
    this.difference = planned.difference();
    this.office = office;
    this.given = given;
    this.blobs = blobs;
    this.metadata = metadata;
    this.blocking =
        Executors.newCachedThreadPool(
            runnable -> {
              Thread worker = new Thread(runnable, settings.job() + "-coordinator-io");
              worker.setDaemon(true);
              return worker;
            });
    CheckpointSettings checkpoint = settings.checkpoint();
    CoordinatorSettings own = settings.coordinator();
    Catalog catalog = new Catalog(blobs); // one, as it knows of what lists do not show yet
    trimming = new ChannelTrimming(settings, given, catalog);
    coordinator =
        new Coordinator(
            CoordinatorOptions.of(
                planned.plan(),
                expectedContainers,
                own.heartbeatMs(),
                own.leaseMs(),
                new CheckpointPolicy(
                    checkpoint.intervalMs(),
                    checkpoint.bytes(),
                    checkpoint.records(),
                    checkpoint.recoveryTargetMs(),
                    checkpoint.minPauseMs(),
                    checkpoint.timeoutMs(),
                    checkpoint.toleratedFailures(),
                    checkpoint.retain(),
                    checkpoint.onShutdown())),
            metadata,
            new StoredCheckpoints(catalog, checkpoint.onVerificationFailure()),
            System::currentTimeMillis,
            blocking);
    coordinator.onLoss(this::fence);
    endDeadContainers();
    thread = new Thread(this::run, settings.job() + "-coordinator");
    thread.setDaemon(true);
  }

  /**
   * Takes over a job: looks at its inputs, and goes on with what is known of it.
   *
   * @param systems systems that are given rather than opened, by name
   * @param from from what to begin anew; null to go on
   * @param expectedContainers how many containers are waited for, for a short while
   * @throws ConfigException if the configuration does not fit what is there
   * @throws io.tidemark.api.StateException (TM-3002) if the job's coordinator runs on this machine
   *     already
   */
  public static JobCoordinator start(
      Config config,
      JobSettings settings,
      Map<String, StreamSystem> systems,
      @Nullable StartFrom from,
      int expectedContainers) {
    StateDirectory office = StateDirectory.open(settings.stateDirectory(), settings.job(), OFFICE);
    BlobStore blobs = null;
    MetadataStore metadata = null;
    try {
      blobs = BlobStores.open(settings);
      metadata = metadata(settings);
      boolean begun = from != null && Coordinator.hasBegun(metadata, from.id());
      JobPlans.Planned planned = JobPlans.plan(settings, systems, begun ? null : from, blobs);
      PlanDifference difference = planned.difference();
      if (difference != null) {
        LOG.info("{}", difference.text());
      }
      JobCoordinator started =
          new JobCoordinator(
              settings, planned, expectedContainers, office, systems, blobs, metadata);
      started.thread.start();
      return started;
    } catch (RuntimeException e) {
      if (blobs != null) {
        blobs.close();
      }
      if (metadata != null) {
        metadata.close();
      }
      office.close();
      throw e;
    }
  }

  static MetadataStore metadata(JobSettings settings) {
    CoordinatorSettings own = settings.coordinator();
    if (!own.metadataStore().equals("file")) {
      throw new ConfigException(
          "TM-1003",
          "job.metadata.store=" + own.metadataStore() + ": there is only the store file yet");
    }
    return new FileMetadataStore(own.metadataPath());
  }

  /**
   * Fences the writers of a container that did not leave in order. Who takes over its tasks does so
   * too; but a transaction that it had open before it was known in any journal would else hold
   * readers up.
   */
  private void fence(CoordinatorView.ContainerView container) {
    Membership former =
        new Membership(container.number(), Sessions.incarnation(container.session()), null, null);
    try (OpenSystems systems = new OpenSystems(settings, given)) {
      if (systems.get(settings.journalSystem()) instanceof JournalFactory journals) {
        try (Journal journal = journals.journal(settings.journal())) {
          for (int worker = 0; worker < container.workers(); worker++) {
            journal.fence(former.writer(settings.job(), worker));
          }
        }
      }
    } catch (RuntimeException e) {
      LOG.warn("The writers of container {} are not fenced: {}", container.number(), e.toString());
    }
  }

  /**
   * Gives up containers whose processes were on this machine and are gone: their leases need not be
   * waited for.
   */
  public void endDeadContainers() {
    for (CoordinatorView.ContainerView container : coordinator.view().containers()) {
      if (Sessions.isGone(container.session())) {
        coordinator.containerEnded(container.number());
      }
    }
  }

  private void run() {
    try {
      while (!closed) {
        long pauseMs = coordinator.doWork();
        collectIfDue();
        trimIfDue();
        LockSupport.parkNanos(Math.min(pauseMs, 100) * 1_000_000);
      }
    } catch (RuntimeException | Error e) {
      failure = e;
      LOG.error("The coordinator of {} ends", settings.job(), e);
    }
  }

  /** Removes blobs that no checkpoint names any more, while none is under way. */
  private void collectIfDue() {
    long now = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    long pauseMs = Math.max(COLLECT_MS, settings.checkpoint().graceMs() / 10);
    if (now - collectedMs >= pauseMs && mayDelete()) {
      collectedMs = now;
      blocking.execute(this::collect);
    }
  }

  /** Trims what joins stages when another checkpoint is complete, and the oldest is retired. */
  private void trimIfDue() {
    long completed = coordinator.completed();
    if (completed != trimmedFor && mayDelete() && isTrimming.compareAndSet(false, true)) {
      trimmedFor = completed;
      blocking.execute(this::trim);
    }
  }

  private void trim() {
    try {
      trimming.run(coordinator.view().timeline().number(), () -> !closed && failure == null);
    } catch (RuntimeException e) {
      LOG.warn("Intermediate streams are trimmed later: {}", e.toString());
    } finally {
      isTrimming.set(false);
    }
  }

  private boolean mayDelete() {
    return !closed && failure == null && coordinator.view().underWay() == null;
  }

  private void collect() {
    try {
      Duration grace = Duration.ofMillis(settings.checkpoint().graceMs());
      Collector.Outcome outcome =
          new Collector(blobs, new Catalog(blobs)).collect(Set.of(), grace, this::mayDelete);
      if (outcome.refused() != null) {
        LOG.warn("No blobs are removed: {}", outcome.refused());
      } else if (outcome.blobs() > 0) {
        LOG.info("Removed {} blobs, {} MiB", outcome.blobs(), outcome.bytes() >> 20);
      }
    } catch (RuntimeException e) {
      LOG.warn("Blobs that no checkpoint names are removed later: {}", e.toString());
    }
  }

  /** The coordinator, which containers of this process can ask directly. */
  public Coordinator coordinator() {
    return coordinator;
  }

  /** The tasks that the containers of a process on this machine have. */
  public List<TaskName> tasksOf(long pid) {
    CoordinatorView view = coordinator.view();
    Set<Integer> numbers =
        view.containers().stream()
            .filter(container -> Sessions.isOf(container.session(), pid))
            .map(CoordinatorView.ContainerView::number)
            .collect(Collectors.toSet());
    return view.tasks().stream()
        .filter(task -> numbers.contains(task.container()))
        .map(CoordinatorView.TaskView::task)
        .toList();
  }

  /**
   * What is otherwise than in the checkpoint that the job was to be begun from; null if there is
   * none.
   */
  public @Nullable PlanDifference difference() {
    return difference;
  }

  /** Why it does not run any more; null if it does, or was closed. */
  public @Nullable Throwable failure() {
    return failure;
  }

  /** Where the containers' snapshots go, for those of this process. */
  BlobStore blobs() {
    return blobs;
  }

  /** Ends it; containers go on until their leases end. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    coordinator.close();
    WorkerThreads.joinUninterruptibly(thread);
    blocking.shutdown();
    blobs.close();
    metadata.close();
    office.close();
  }
}
