package io.tidemark.container;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.TidemarkException;
import io.tidemark.config.JobSettings;
import io.tidemark.coordinator.Coordination;
import io.tidemark.coordinator.Coordinator;
import io.tidemark.system.StreamSystem;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job that runs in this process, or one container's share of it.
 *
 * <pre>{@code
 * try (Job job = Job.of(Config.load(file)).task(MyTask::new).start()) {
 *   job.awaitEnd();
 * }
 * }</pre>
 *
 * <p>It spawns no process and never exits this one. If the container fails after it has run, it is
 * started again as {@code container.restart.*} says; a job that cannot start fails at once. Any
 * thread may call it.
 */
public final class Job implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Job.class);

  private static final long IDLE_MS = 50;

  private final Builder builder;
  private final CompletableFuture<Void> running = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final Thread thread;
  private final CountDownLatch stopRequest = new CountDownLatch(1);
  private volatile @Nullable ContainerRun current;
  private boolean joinsStages; // of the supervising thread
  private volatile Progress before = Progress.NONE;

  private Job(Builder builder) {
    this.builder = builder;
    this.thread = new Thread(this::supervise, "tidemark-job");
  }

  /** A job of this configuration, to be completed and started. */
  public static Builder of(Config config) {
    return new Builder(config);
  }

  /** What a job is made of. */
  public static final class Builder {
    private final Config config;
    private final Map<String, StreamSystem> systems = new HashMap<>();
    private final Map<String, Supplier<?>> codeOfStages = new HashMap<>();
    private @Nullable Supplier<?> code;
    private @Nullable Coordination coordination;
    private @Nullable StartFrom from;
    private int containerNumber = -1;
    private boolean untilEnd;
    private boolean restarts = true;

    private Builder(Config config) {
      this.config = config;
    }

    /**
     * Makes the tasks, one object each: {@link io.tidemark.api.StreamTask}s or {@link
     * io.tidemark.api.AsyncStreamTask}s. Without this, {@code task.class} names their class. For a
     * job of one stage.
     */
    public Builder task(Supplier<?> code) {
      this.code = code;
      return this;
    }

    /** Makes the tasks of a stage. Without this, {@code stages.<stage>.class} names their class. */
    public Builder task(String stage, Supplier<?> code) {
      codeOfStages.put(stage, code);
      return this;
    }

    private ContainerRun.Parts parts() {
      return new ContainerRun.Parts(
          config, suppliers(), systems, coordination, containerNumber, from, untilEnd);
    }

    private TaskSuppliers suppliers() {
      return new TaskSuppliers(code, codeOfStages);
    }

    /** Uses an open system instead of opening the one that is configured; it is not closed. */
    public Builder system(String name, StreamSystem system) {
      systems.put(name, system);
      return this;
    }

    /**
     * Makes it a container of a job whose coordinator is elsewhere; without this it is a whole job,
     * with a coordinator of its own.
     *
     * @param coordination the way to the coordinator; whoever made it closes it
     * @param number the number that the container would like to have; -1 if any
     */
    public Builder join(Coordination coordination, int number) {
      this.coordination = coordination;
      this.containerNumber = number;
      return this;
    }

    /** Begins anew from a checkpoint, or from nothing, instead of going on. */
    public Builder from(StartFrom start) {
      this.from = start;
      return this;
    }

    /** Ends when everything is processed that the inputs hold at the start. */
    public Builder untilEnd(boolean bounded) {
      this.untilEnd = bounded;
      return this;
    }

    /** Whether a container that fails is started again (the default), or fails the job. */
    public Builder restarts(boolean allowed) {
      this.restarts = allowed;
      return this;
    }

    /**
     * Checks what can be told without opening anything: keys and values, and that the classes and
     * plugins that they name are there.
     *
     * @return the configuration, parsed
     * @throws ConfigException if something is wrong
     */
    public JobSettings check() {
      return JobCheck.passed(suppliers().settings(config));
    }

    /**
     * Starts only the job's coordinator, for containers that join it ({@link #join}).
     *
     * @param containers how many are expected: tasks are given out when they are there, or soon
     *     after the first has come
     */
    public JobCoordinator startCoordinator(int containers) {
      return JobCoordinator.start(config, suppliers().settings(config), systems, from, containers);
    }

    /** Starts the job; returns at once. */
    public Job start() {
      Job job = new Job(this);
      job.thread.start();
      return job;
    }
  }

  /**
   * Waits until the tasks' state is restored and records are read for the first time.
   *
   * @throws TidemarkException if the job failed before
   */
  public void awaitRunning() {
    await(running, Long.MAX_VALUE);
  }

  /** Whether it has come so far that {@link #awaitRunning} returns. */
  public boolean hasRun() {
    return running.isDone() && !running.isCompletedExceptionally();
  }

  /**
   * Waits for the end: of a bounded job's input, by request of its tasks, or by {@link #stop}.
   *
   * @throws TidemarkException if the job failed, and starting it again did not help or makes no
   *     sense
   */
  public void awaitEnd() {
    await(ended, Long.MAX_VALUE);
  }

  /**
   * As {@link #awaitEnd()}, but not longer than {@code limit}.
   *
   * @return whether it ended
   */
  public boolean awaitEnd(Duration limit) {
    return await(ended, limit.toMillis());
  }

  /** Asks the job to finish: it commits what it has processed and ends. Returns at once. */
  public void requestStop() {
    stopRequest.countDown();
    ContainerRun run = current;
    if (run != null) {
      run.requestStop();
    }
    thread
        .interrupt(); // it may be in the pause before a restart; workers have threads of their own
  }

  /** Finishes the job and waits for its end. A failure is not thrown again here. */
  public void stop() {
    requestStop();
    try {
      ended.get();
    } catch (ExecutionException e) {
      LOG.debug("the job had failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop();
  }

  /** What the job has done so far. */
  public Progress progress() {
    ContainerRun run = current;
    return run == null ? before : before.plus(run.progress());
  }

  /**
   * The job's coordinator; null while there is none, and in a container that has joined another
   * process's.
   */
  public @Nullable Coordinator coordinator() {
    ContainerRun run = current;
    return run == null ? null : run.coordinator();
  }

  private static boolean await(CompletableFuture<Void> future, long limitMs) {
    try {
      future.get(limitMs, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TidemarkException known) {
        throw known;
      }
      throw new TidemarkException("TM-4008", "the job failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TidemarkException("TM-4009", "interrupted while waiting for the job", e);
    }
  }

  /** Runs containers until one ends well, or there is no sense in another. */
  private void supervise() {
    RestartPolicy policy = null;
    while (true) {
      long readBefore = progress().recordsIn();
      Throwable failure = runOnce();
      boolean another = builder.untilEnd && joinsStages && progress().recordsIn() > readBefore;
      if (failure == null && another && !isStopping()) {
        continue; // what stages have sent each other came after the end that this run was given
      }
      if (failure == null || isStopping()) {
        end(failure);
        return;
      }
      policy = policy != null ? policy : policy();
      long pauseMs =
          policy == null || !isRestartWorthwhile(failure)
              ? -1
              : policy.failed(ticker(), failure.getMessage());
      if (pauseMs < 0) {
        end(failure);
        return;
      }
      LOG.warn(
          "The container failed and is started again in {} ms: {}", pauseMs, failure.toString());
      LOG.debug("The failure", failure);
      if (!pause(pauseMs)) {
        end(null); // what was not committed is done again by the next start
        return;
      }
      before = before.plus(new Progress(0, 0, 0, 0, 0, 0, 1));
    }
  }

  /** What never ran is not tried again: whoever starts it should hear why, and at once. */
  private boolean isRestartWorthwhile(Throwable failure) {
    return builder.restarts && hasRun() && RestartPolicy.isWorthwhile(failure);
  }

  private void end(@Nullable Throwable failure) {
    if (failure == null) {
      running.complete(null);
      ended.complete(null);
    } else {
      running.completeExceptionally(failure);
      ended.completeExceptionally(failure);
    }
  }

  private @Nullable RestartPolicy policy() {
    try {
      return new RestartPolicy(JobSettings.parse(builder.config).container().restart());
    } catch (ConfigException e) {
      return null;
    }
  }

  private boolean isStopping() {
    return stopRequest.getCount() == 0;
  }

  /** Waits before a restart; returns whether there shall be one. */
  private boolean pause(long pauseMs) {
    try {
      return !stopRequest.await(pauseMs, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return false; // nobody but the JVM's end interrupts this thread
    }
  }

  private @Nullable Throwable runOnce() {
    try {
      ContainerRun run = new ContainerRun(builder.parts(), running);
      current = run;
      if (isStopping()) {
        run.requestStop();
      }
      Throwable failure = run.run();
      joinsStages = run.joinsStages();
      return failure;
    } catch (RuntimeException | Error e) {
      return e;
    } finally {
      ContainerRun last = current;
      if (last != null) {
        before = before.plus(last.progress().withoutLag());
      }
      current = null;
    }
  }

  static long ticker() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
