package io.tidemark.cli;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.config.JobSettings;
import io.tidemark.container.Job;
import io.tidemark.container.JobCoordinator;
import io.tidemark.container.PlanDifference;
import io.tidemark.container.StartFrom;
import io.tidemark.coordinator.Coordinator;
import io.tidemark.coordinator.CoordinatorView;
import io.tidemark.rpc.CoordinatorServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job's coordinator in this process, and the port where it answers. Any thread may call it. */
final class CoordinatorHost implements JobLead, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorHost.class);
  private static final Duration LEAVING_TIME = Duration.ofSeconds(5);

  private final JobCoordinator led;
  private final @Nullable CoordinatorServer server;

  private CoordinatorHost(JobCoordinator led, @Nullable CoordinatorServer server) {
    this.led = led;
    this.server = server;
  }

  /**
   * Takes over a job.
   *
   * @param from from what to begin anew; null to go on
   * @param containers how many containers are waited for, for a short while
   */
  static CoordinatorHost start(
      Config config, JobSettings settings, @Nullable StartFrom from, int containers) {
    Job.Builder job = Job.of(config);
    if (from != null) {
      job.from(from);
    }
    JobCoordinator led = job.startCoordinator(containers);
    try {
      boolean off = settings.coordinator().address() == null;
      return new CoordinatorHost(
          led, off ? null : CoordinatorServer.start(settings, led.coordinator()));
    } catch (RuntimeException e) {
      led.close();
      throw e;
    }
  }

  /**
   * Refuses a job whose containers could not reach its coordinator.
   *
   * @throws ConfigException (TM-8402) if its address is off
   */
  static void requireAddress(JobSettings settings) {
    if (settings.coordinator().address() == null) {
      throw new ConfigException(
          "TM-8402",
          "job.coordinator.address=off, and containers in processes of their own have to reach the"
              + " coordinator; give an address such as 127.0.0.1:0, or run the job in one process"
              + " with --containers 0");
    }
  }

  Coordinator coordinator() {
    return led.coordinator();
  }

  /** What is otherwise than where the job was to be begun from; null if it was not. */
  @Nullable PlanDifference difference() {
    return led.difference();
  }

  /**
   * Where it answers, {@code HOST:PORT}.
   *
   * @throws IllegalStateException if it answers nowhere
   */
  String address() {
    if (server == null) {
      throw new IllegalStateException("job.coordinator.address=off");
    }
    return server.address();
  }

  /** The number that a container should ask for: its own, or any if that is taken. */
  int numberFor(int container) {
    return coordinator().view().containers().stream().anyMatch(known -> known.number() == container)
        ? -1
        : container;
  }

  /** The tasks that the container of a process has. */
  List<TaskName> tasksOf(long pid) {
    return led.tasksOf(pid);
  }

  @Override
  public void requestStop() {
    try {
      coordinator().stop();
    } catch (TidemarkException e) {
      LOG.warn("The coordinator cannot stop the job; its containers are told to end", e);
    }
  }

  @Override
  public boolean isStopOrdered() {
    CoordinatorView.Stop stop = coordinator().view().stop();
    return stop != CoordinatorView.Stop.CHECKPOINT_FIRST;
  }

  @Override
  public void processEnded() {
    try {
      led.endDeadContainers();
    } catch (TidemarkException e) {
      LOG.warn("The tasks of a container that died wait for the end of its lease", e);
    }
  }

  @Override
  public @Nullable Throwable failure() {
    return led.failure();
  }

  /** Ends it. After the order to stop, containers of other processes have a while to hear of it. */
  @Override
  public void close() {
    if (led.failure() == null && coordinator().view().stop() == CoordinatorView.Stop.ORDERED) {
      await(coordinator()::isStopped);
    }
    abandon();
  }

  /** Ends it at once. Containers go on until their leases end. */
  void abandon() {
    if (server != null) {
      server.close();
    }
    led.close();
  }

  private static void await(BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean() && System.nanoTime() - begin < LEAVING_TIME.toNanos()) {
      LockSupport.parkNanos(20_000_000);
    }
  }
}
