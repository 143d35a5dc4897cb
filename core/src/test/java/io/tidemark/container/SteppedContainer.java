package io.tidemark.container;

import io.tidemark.api.Config;
import io.tidemark.api.FencedException;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.BlobStore;
import io.tidemark.config.JobSettings;
import io.tidemark.coordinator.Coordination;
import io.tidemark.coordinator.Orders;
import io.tidemark.runtime.Worker;
import io.tidemark.system.StreamSystem;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One life of a container, as {@link ContainerRun} and {@link WorkerThreads} make it, without
 * threads: whoever has it takes the steps of the agent and of each worker, in any order.
 */
public final class SteppedContainer {
  private static final long JOIN_MS = 50;

  private final Parts parts;
  private final TaskSuppliers code;
  private final JobSettings settings;
  private final ContainerAgent agent;
  private @Nullable Container container;
  private @Nullable Throwable failure;
  private boolean ended;

  /**
   * What it is made from.
   *
   * @param config the job's configuration
   * @param code makes the tasks of each stage
   * @param systems by name
   * @param coordination the way to the coordinator
   * @param blobs where snapshots go
   * @param session unlike that of any other container
   * @param number what it would like to have; -1 if any
   * @param ticker milliseconds that never go back
   * @param clock milliseconds since 1970
   * @param background what is done beside the workers, by its name
   * @param settle does all that waits in the background
   */
  public record Parts(
      Config config,
      Map<String, Supplier<?>> code,
      Map<String, StreamSystem> systems,
      Coordination coordination,
      BlobStore blobs,
      String session,
      int number,
      LongSupplier ticker,
      LongSupplier clock,
      Function<String, Executor> background,
      Runnable settle) {}

  public SteppedContainer(Parts parts) {
    this.parts = parts;
    this.code = new TaskSuppliers(null, parts.code);
    this.settings = code.settings(parts.config);
    this.agent =
        new ContainerAgent(
            parts.coordination,
            new ContainerAgent.Identity(
                settings.job(),
                parts.session,
                parts.number,
                "here",
                settings.container().workers(),
                ContainerRun.localState(settings)),
            settings.coordinator().heartbeatMs(),
            parts.ticker);
  }

  /** Asks it to give up its tasks and go; one that has not joined yet ends at once. */
  public void leave() {
    if (container == null && !ended) {
      end(null, null);
    } else {
      agent.leave();
    }
  }

  /** Whether it has ended, well or not. */
  public boolean isEnded() {
    return ended;
  }

  /** Why it has ended; null if it has not, or in order. */
  public @Nullable Throwable failure() {
    return failure;
  }

  /** The number of the timeline that it is on; 0 if it has not joined. */
  public int timeline() {
    Orders orders = agent.orders();
    return orders == null ? 0 : orders.timeline().number();
  }

  /** Whether all tasks that it was given run. */
  public boolean areAllRunning() {
    return container != null && !ended && agent.areAllRunning();
  }

  /** A step of the agent. Returns in how many milliseconds the next is due. */
  public long talk() {
    if (ended) {
      return JOIN_MS;
    }
    try {
      if (container == null) {
        if (!agent.join()) {
          return JOIN_MS;
        }
        begin(Objects.requireNonNull(agent.orders()));
      }
      long pauseMs = agent.doWork();
      if (agent.isDone()) {
        end(null, null);
      }
      return pauseMs;
    } catch (RuntimeException e) {
      end(e, null);
      return JOIN_MS;
    }
  }

  private void begin(Orders orders) {
    Container made =
        new Container(
            new Container.Setup(
                parts.config,
                code,
                parts.systems,
                new Membership(
                    orders.container(),
                    parts.session,
                    orders.timeline(),
                    new Membership.Checkpoints(parts.blobs, this::restoreFrom)),
                false,
                parts.ticker,
                parts.clock,
                0,
                true,
                parts.background));
    container = made;
    for (Worker worker : made.workers()) {
      worker.open(
          task ->
              new JobContexts(
                  parts.config, settings.name(), settings.id(), orders.container(), task));
    }
    agent.attach(
        new TaskWorkers(made.workers(), made.specs()::task),
        made.workers(),
        Objects.requireNonNull(made.snapshots()),
        made.requests(),
        () -> true);
  }

  private @Nullable String restoreFrom() {
    Orders orders = agent.orders();
    return orders == null ? null : orders.restoreFrom();
  }

  /** How many workers it has; 0 before it has joined. */
  public int workers() {
    return container == null ? 0 : container.workers().size();
  }

  /** A step of a worker. */
  public void work(int worker) {
    Container running = container;
    if (ended || running == null || worker >= running.workers().size()) {
      return;
    }
    Worker stepped = running.workers().get(worker);
    try {
      stepped.doWork();
    } catch (FencedException e) {
      end(stepped.explain(e), stepped);
    } catch (RuntimeException e) {
      end(e, stepped);
    }
  }

  /** The others finish in order, whatever one has failed of. */
  private void end(@Nullable Throwable why, @Nullable Worker failed) {
    failure = why;
    ended = true;
    Container ending = container;
    if (ending != null) {
      ending.requests().shutdown();
      for (Worker worker : ending.workers()) {
        finish(worker, failed);
      }
      parts.settle.run();
      ending.close();
    }
    agent.end(why);
  }

  private void finish(Worker worker, @Nullable Worker failed) {
    try {
      if (worker != failed) {
        worker.finish();
      }
    } catch (RuntimeException e) {
      failure = failure != null ? failure : e;
    } finally {
      parts.settle.run();
      worker.close();
    }
  }

  /** A store of a task; null if it is not here. */
  @SuppressWarnings("unchecked") // the caller knows the serdes that it configured
  public @Nullable KeyValueStore<String, Long> store(TaskName task, String name) {
    if (container != null && !ended) {
      for (Worker worker : container.workers()) {
        Object store = worker.store(task, name);
        if (store != null) {
          return (KeyValueStore<String, Long>) store;
        }
      }
    }
    return null;
  }
}
