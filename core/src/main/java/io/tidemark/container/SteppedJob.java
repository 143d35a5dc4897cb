package io.tidemark.container;

import io.tidemark.api.Config;
import io.tidemark.api.ReadOnlyKeyValueStore;
import io.tidemark.api.TaskName;
import io.tidemark.config.StageDefinition;
import io.tidemark.runtime.Worker;
import io.tidemark.system.StreamSystem;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A whole job on the thread that calls it, one step after another. For tests and simulation: with
 * systems in memory and a clock of the caller's, nothing depends on chance.
 */
public final class SteppedJob {
  private final Container container;

  private SteppedJob(Container container) {
    this.container = container;
  }

  /**
   * Starts a job: its state is restored when this returns.
   *
   * @param code makes the tasks
   * @param systems by name; those missing are opened as configured
   * @param clock milliseconds since 1970
   */
  public static SteppedJob start(
      Config config, Supplier<?> code, Map<String, StreamSystem> systems, LongSupplier clock) {
    return start(config, new TaskSuppliers(code, Map.of()), systems, clock);
  }

  /** The same, for a job of several stages: {@code code} makes the tasks of each. */
  public static SteppedJob start(
      Config config,
      Map<String, Supplier<?>> code,
      Map<String, StreamSystem> systems,
      LongSupplier clock) {
    return start(config, new TaskSuppliers(null, code), systems, clock);
  }

  private static SteppedJob start(
      Config config, TaskSuppliers code, Map<String, StreamSystem> systems, LongSupplier clock) {
    Container container =
        new Container(
            new Container.Setup(
                config, code, systems, Membership.ALONE, false, clock, clock, 0, Runnable::run));
    SteppedJob job = new SteppedJob(container);
    try {
      container.tables().open();
      while (!container.tables().isPopulated()) {
        container.tables().doWork(0);
      }
      for (Worker worker : container.workers()) {
        worker.open(
            task ->
                new JobContexts(
                    config, container.settings().name(), container.settings().id(), 0, task));
        worker.begin(container.tasksOf(worker));
      }
      return job;
    } catch (RuntimeException e) {
      job.kill();
      throw e;
    }
  }

  /**
   * Takes steps until nothing waits any more. What feeds stores is taken before what other inputs
   * have.
   */
  public void process() {
    processAll();
  }

  /** Returns whether there was anything. */
  private boolean processAll() {
    int done;
    boolean any = false;
    while (container.tables().doWork(0) > 0) {
      // Tables first.
    }
    container.workers().forEach(Worker::catchUp);
    do {
      done = container.tables().doWork(0);
      for (Worker worker : container.workers()) {
        done += worker.doWork();
      }
      any |= done > 0;
    } while (done > 0);
    return any;
  }

  /**
   * Processes what waits and commits it; and what stages have sent each other by that, until
   * nothing waits any more.
   */
  public void commit() {
    process();
    boolean more;
    do {
      container.requests().commit();
      more = processAll();
      more |= container.joinsStages() && processAll();
    } while (more && container.joinsStages());
  }

  /**
   * Takes one step of each worker, which processes some of what waits and commits if that is due.
   */
  public void step() {
    container.tables().doWork(0);
    container.workers().forEach(Worker::doWork);
  }

  /** A store of a task. */
  @SuppressWarnings("unchecked") // the caller knows the serdes that it configured
  public <S extends ReadOnlyKeyValueStore<?, ?>> S store(int partition, String name) {
    for (Worker worker : container.workers()) {
      ReadOnlyKeyValueStore<?, ?> store =
          worker.store(new TaskName(stageOf(name), partition), name);
      if (store != null) {
        return (S) store;
      }
    }
    throw new IllegalArgumentException(
        "no task of partition " + partition + " has a store " + name);
  }

  /** The stage that has a store; any, if all have it. */
  private String stageOf(String store) {
    StageDefinition stage = container.settings().stageOf(store);
    return stage != null ? stage.name() : container.settings().stages().get(0).name();
  }

  /** Ends in order: commits, and tells the tasks. */
  public void stop() {
    container.workers().forEach(Worker::finish);
    kill();
  }

  /** Ends at once; what was not committed is gone. */
  public void kill() {
    container.workers().forEach(Worker::close);
    container.tables().close();
    container.close();
  }
}
