package io.tidemark.cli;

import io.tidemark.api.TidemarkException;
import io.tidemark.config.RestartSettings;
import io.tidemark.container.Progress;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Runs a job in container processes, and starts those again that die. When one fails for good, the
 * others are told to finish, and its error is the job's.
 *
 * <p>Each container has a thread here. The processes end when their standard input does, so none
 * outlives this JVM, whatever becomes of it. Any thread may call the methods.
 */
final class Supervisor implements RunningJob, AutoCloseable {
  private static final long STEP_MS = 50;

  private final Supervision supervision;
  private final List<SupervisedContainer> containers;
  private final CountDownLatch unfinished;
  private final OrderlyStop stop;

  private Supervisor(Supervision supervision, int count) {
    this.supervision = supervision;
    this.unfinished = new CountDownLatch(count);
    this.stop = new OrderlyStop(supervision.lead(), () -> supervision.stop().complete(null));
    this.containers =
        IntStream.range(0, count).mapToObj(i -> new SupervisedContainer(i, supervision)).toList();
  }

  /**
   * Starts a job's containers; returns at once.
   *
   * @param host leads the job; whoever made it closes it, after the containers' end
   * @param news takes a line for the user whenever something happens; any thread calls it
   * @throws TidemarkException if the folder of their logs cannot be made
   */
  static Supervisor start(JavaLauncher.Plan plan, CoordinatorHost host, Consumer<String> news) {
    RestartSettings restarts = plan.settings().container().restart();
    Duration stopLimit = SupervisedCommand.stopLimit(true, plan.settings());
    Supervision supervision =
        new Supervision(new JavaLauncher(plan, host), restarts, stopLimit, news, host);
    return start(plan.containers(), supervision);
  }

  static Supervisor start(int containers, Supervision supervision) {
    Supervisor supervisor = new Supervisor(supervision, containers);
    for (int i = 0; i < containers; i++) {
      SupervisedContainer container = supervisor.containers.get(i);
      Thread thread = new Thread(() -> supervisor.run(container), "container-" + i);
      thread.setDaemon(true);
      thread.start();
    }
    return supervisor;
  }

  private void run(SupervisedContainer container) {
    try {
      container.run();
    } catch (InterruptedException | RuntimeException | Error e) {
      supervision.fail(e);
      stop.request();
    } finally {
      unfinished.countDown();
    }
  }

  /** How many containers there are. */
  int size() {
    return containers.size();
  }

  /** The process of a container, if it has one at the moment. */
  OptionalLong pid(int container) {
    ContainerProcess process = containers.get(container).process();
    return process == null ? OptionalLong.empty() : OptionalLong.of(process.pid());
  }

  /** Whether a container's tasks run at the moment, as far as is known. */
  boolean isReady(int container) {
    ContainerProcess process = containers.get(container).process();
    return process != null && process.isReady();
  }

  /**
   * Kills the process of a container (SIGKILL); it is started again as after any death.
   *
   * @return whether it had one
   */
  boolean kill(int container) {
    ContainerProcess process = containers.get(container).process();
    if (process == null) {
      return false;
    }
    process.kill();
    return true;
  }

  /** What a container has done so far, over all its processes, as far as they told. */
  Progress progress(int container) {
    return containers.get(container).progress();
  }

  /** The sum over all containers. */
  @Override
  public Progress progress() {
    return containers.stream()
        .map(SupervisedContainer::progress)
        .reduce(Progress.NONE, Progress::plus);
  }

  /** The containers that died and run again, one entry for each time. */
  List<Supervision.Recovery> recoveries() {
    return List.copyOf(supervision.recoveries());
  }

  /** Stops the job, after a checkpoint if it is configured so. Returns at once. */
  void requestStop() {
    stop.request();
  }

  /** Tells all containers to finish, whatever the coordinator says. Returns at once. */
  void requestStopAtOnce() {
    supervision.stop().complete(null);
  }

  /** As {@link #awaitEnd(Duration)}, without a limit. */
  void awaitEnd() {
    awaitEnd(Duration.ofMillis(Long.MAX_VALUE));
  }

  @Override
  public boolean awaitEnd(Duration limit) {
    if (!awaitProcesses(limit)) {
      return false;
    }
    Throwable cause = supervision.failure();
    if (cause instanceof TidemarkException known) {
      throw known;
    }
    if (cause != null) {
      throw new TidemarkException("TM-5003", "supervision failed: " + cause, cause);
    }
    return true;
  }

  private boolean awaitProcesses(Duration limit) {
    long begin = System.nanoTime();
    try {
      while (true) {
        stop.step();
        Throwable failure = supervision.lead().failure();
        if (failure != null) {
          supervision.fail(failure);
        }
        long leftMs = limit.toMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        if (unfinished.await(Math.min(leftMs, STEP_MS), TimeUnit.MILLISECONDS)) {
          return true;
        } else if (leftMs <= STEP_MS) {
          return false;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TidemarkException("TM-4009", "interrupted while waiting for the job", e);
    }
  }

  /** Lets all containers finish, and waits until their processes have ended. */
  void stop() {
    requestStop();
    awaitProcesses(Duration.ofMillis(Long.MAX_VALUE));
  }

  @Override
  public void close() {
    stop();
  }
}
