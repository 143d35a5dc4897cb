package io.tidemark.container;

import io.tidemark.api.Config;
import io.tidemark.api.ReadOnlyKeyValueStore;
import io.tidemark.api.TaskName;
import io.tidemark.config.StageDefinition;
import io.tidemark.runtime.TaskSpec;
import io.tidemark.runtime.Worker;
import io.tidemark.system.StreamSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A whole job on the thread that calls it, one step after another. For tests and simulation: with
 * systems in memory and a clock of the caller's, nothing depends on chance.
 */
public final class SteppedJob {
  private final Container container;
  private final LongSupplier numbers;
  private long checkpointsSeen;

  private SteppedJob(Container container, LongSupplier numbers) {
    this.container = container;
    this.numbers = numbers;
  }

  /** As the other, with checkpoints numbered from 1. */
  public static SteppedJob start(
      Config config, Supplier<?> code, Map<String, StreamSystem> systems, LongSupplier clock) {
    return start(config, code, systems, clock, new AtomicLong()::incrementAndGet);
  }

  /**
   * Starts a job: its state is restored when this returns.
   *
   * @param code makes the tasks
   * @param systems by name; those missing are opened as configured
   * @param clock milliseconds since 1970
   * @param numbers gives each checkpoint a number, higher than all before
   */
  public static SteppedJob start(
      Config config,
      Supplier<?> code,
      Map<String, StreamSystem> systems,
      LongSupplier clock,
      LongSupplier numbers) {
    return start(config, new TaskSuppliers(code, Map.of()), systems, clock, numbers);
  }

  /** The same, for a job of several stages: {@code code} makes the tasks of each. */
  public static SteppedJob start(
      Config config,
      Map<String, Supplier<?>> code,
      Map<String, StreamSystem> systems,
      LongSupplier clock,
      LongSupplier numbers) {
    return start(config, new TaskSuppliers(null, code), systems, clock, numbers);
  }

  private static SteppedJob start(
      Config config,
      TaskSuppliers code,
      Map<String, StreamSystem> systems,
      LongSupplier clock,
      LongSupplier numbers) {
    Container container =
        new Container(
            new Container.Setup(
                config,
                code,
                systems,
                Membership.ALONE,
                false,
                clock,
                clock,
                0,
                false, // nothing is committed that nobody asked for
                name -> Runnable::run));
    SteppedJob job = new SteppedJob(container, numbers);
    try {
      container.tables().open();
      while (!container.tables().isPopulated()) {
        container.tables().doWork(0);
      }
      for (int worker = 0; worker < container.workers().size(); worker++) {
        container
            .workers()
            .get(worker)
            .open(
                task ->
                    new JobContexts(
                        config, container.settings().name(), container.settings().id(), 0, task));
        container.workers().get(worker).begin(job.share(worker));
      }
      return job;
    } catch (RuntimeException e) {
      job.kill();
      throw e;
    }
  }

  /** The tasks of one of the workers. */
  private List<TaskSpec> share(int worker) {
    List<TaskSpec> share = new ArrayList<>();
    for (TaskName task : container.specs().names()) {
      TaskSpec spec = container.specs().task(task);
      if (spec.journalPartition() % container.workers().size() == worker) {
        share.add(spec);
      }
    }
    return share;
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
    if (checkpointsSeen != container.requests().checkpoints()) {
      checkpointsSeen = container.requests().checkpoints();
      checkpoint();
    }
    return any;
  }

  /** Processes what waits, and has each task make a cut. */
  public void checkpoint() {
    long number = numbers.getAsLong();
    container.workers().forEach(worker -> worker.cut(number));
    process();
    container
        .workers()
        .forEach(worker -> worker.checkpointEnded(number, !container.hasRefusedCut(number)));
    process();
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
